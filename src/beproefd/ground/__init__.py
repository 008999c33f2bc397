# SPDX-License-Identifier: EUPL-1.2
"""What every room stands on."""
