# SPDX-License-Identifier: EUPL-1.2
"""Everything that can happen to screens and to the sessions in which people try them."""

from .making import (
    ButtonInput,
    add_screen,
    change_prototype,
    change_screen,
    copy_prototype,
    make_prototype,
    move_screen,
    remove_screen,
)
from .sessions import confirm_session, decline, finish, join, keep_answers, press, start_session, stop

__all__ = [
    "ButtonInput",
    "add_screen",
    "change_prototype",
    "change_screen",
    "confirm_session",
    "copy_prototype",
    "decline",
    "finish",
    "join",
    "keep_answers",
    "make_prototype",
    "move_screen",
    "press",
    "remove_screen",
    "start_session",
    "stop",
]
