# SPDX-License-Identifier: EUPL-1.2
"""Reading the gates, the board and the library, as far as the viewer may see them."""
