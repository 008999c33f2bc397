# SPDX-License-Identifier: EUPL-1.2
"""The pages of a team's work."""
