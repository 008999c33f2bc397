# SPDX-License-Identifier: EUPL-1.2
"""Screens of an idea: drawn, put in order, and shown to people who need no account and set their own pace."""
