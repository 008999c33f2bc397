# SPDX-License-Identifier: EUPL-1.2
"""From assumption to evidence to decision: what a team believes, tests, sees, learns and changes."""
