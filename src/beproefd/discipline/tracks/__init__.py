# SPDX-License-Identifier: EUPL-1.2
"""Two months for a winning team: cycles, capacity, partners, dialogue and skills, around what the team tests."""
