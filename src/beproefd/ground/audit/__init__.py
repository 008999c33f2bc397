# SPDX-License-Identifier: EUPL-1.2
"""What happened, by whom and when: an append-only, hash-chained log."""
