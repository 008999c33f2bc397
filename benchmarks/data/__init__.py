# SPDX-License-Identifier: EUPL-1.2
"""What several benchmarks are measured on."""
