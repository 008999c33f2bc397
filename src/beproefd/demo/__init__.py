# SPDX-License-Identifier: EUPL-1.2
"""The demo city: built through the same actions a user calls, never by writing tables."""
