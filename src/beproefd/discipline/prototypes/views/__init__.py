# SPDX-License-Identifier: EUPL-1.2
"""The pages: making screens, starting sessions, and trying them."""
