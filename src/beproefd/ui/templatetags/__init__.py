# SPDX-License-Identifier: EUPL-1.2
"""The words that page templates speak."""
