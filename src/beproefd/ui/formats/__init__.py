# SPDX-License-Identifier: EUPL-1.2
"""How a language writes dates, where Django's own way is not ours (FORMAT_MODULE_PATH)."""
