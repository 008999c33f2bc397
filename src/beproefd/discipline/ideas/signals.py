# SPDX-License-Identifier: EUPL-1.2
"""News for the rooms above."""

from django.dispatch import Signal

team_grew = Signal()
"""Someone joined the team of an idea, or other ideas became part of it (`merged`). Sent in the same transaction, so that
who may not judge it is known before anyone reads on: `sender` Idea, `by`, `idea`, `merged`.
"""
