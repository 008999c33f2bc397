# SPDX-License-Identifier: EUPL-1.2
"""Who signs in, and in which roles."""
