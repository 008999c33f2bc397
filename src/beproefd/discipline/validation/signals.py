# SPDX-License-Identifier: EUPL-1.2
"""News for the rooms above."""

from django.dispatch import Signal

verdict_reached = Signal()
"""A test reached its verdict. Sent after the commit, once per test: `sender` TestCard, `card`, `reading`."""
