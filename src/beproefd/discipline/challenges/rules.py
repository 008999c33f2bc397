# SPDX-License-Identifier: EUPL-1.2
"""Who may do what with a challenge."""

from beproefd.ground.accounts.rules import is_manager

can_manage_challenges = is_manager
