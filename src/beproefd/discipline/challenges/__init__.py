# SPDX-License-Identifier: EUPL-1.2
"""Step 1: the challenge, its stimuli, and the criteria set before any idea is judged."""
