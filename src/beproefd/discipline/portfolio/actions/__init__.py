# SPDX-License-Identifier: EUPL-1.2
"""Everything that can happen at the gates and in the library."""

from .exchange import Taken, import_library
from .gates import (
    ask_review,
    decide_gate,
    decide_tie,
    declare,
    name_reviewer,
    note_own_tie,
    release_reviewer,
    write_review,
)
from .library import FlaggedError, flag_key, publish_entry, unpublish_entry

__all__ = [
    "FlaggedError",
    "Taken",
    "ask_review",
    "decide_gate",
    "decide_tie",
    "declare",
    "flag_key",
    "import_library",
    "name_reviewer",
    "note_own_tie",
    "publish_entry",
    "release_reviewer",
    "unpublish_entry",
    "write_review",
]
