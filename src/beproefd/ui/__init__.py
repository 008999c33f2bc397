# SPDX-License-Identifier: EUPL-1.2
"""The look: base templates, NL Design System components, forms and charts. Knows no domain."""
