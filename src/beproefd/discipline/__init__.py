# SPDX-License-Identifier: EUPL-1.2
"""The innovation process, in the order of the case."""
