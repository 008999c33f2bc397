# SPDX-License-Identifier: EUPL-1.2
"""Step 2, first half: ideas come in, sealed until the deadline, with what sparked them and what they build on."""
