# SPDX-License-Identifier: EUPL-1.2
"""Step 2, second half: a named jury without conflicts judges by the locked criteria and decides with reasons."""
