# SPDX-License-Identifier: EUPL-1.2
"""The pages of the gates, the board and the library."""
