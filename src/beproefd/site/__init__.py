# SPDX-License-Identifier: EUPL-1.2
"""Composition: all addresses, navigation, home, the log and the error pages."""
