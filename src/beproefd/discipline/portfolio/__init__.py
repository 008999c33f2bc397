# SPDX-License-Identifier: EUPL-1.2
"""The portfolio: gates, the board of all ideas that are worked out, and the library of what was learned."""
