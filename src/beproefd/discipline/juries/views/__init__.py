# SPDX-License-Identifier: EUPL-1.2
"""The pages of the jury room: for who runs it, for a juror, for both together, and for the public."""
