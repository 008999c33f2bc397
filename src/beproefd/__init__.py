# SPDX-License-Identifier: EUPL-1.2
"""Finds out what works against poverty, and then runs what works."""
