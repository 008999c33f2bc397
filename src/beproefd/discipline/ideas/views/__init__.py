# SPDX-License-Identifier: EUPL-1.2
"""The idea pages: your own ideas, writing one, the team, and what the programme does with the ideas that came in."""
