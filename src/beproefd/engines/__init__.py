# SPDX-License-Identifier: EUPL-1.2
"""Pure computation for the rooms above: arrays and frozen dataclasses in, frozen dataclasses out."""
