# SPDX-License-Identifier: EUPL-1.2
"""The words that the pages of screens speak."""
