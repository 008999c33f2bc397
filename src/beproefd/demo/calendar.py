# SPDX-License-Identifier: EUPL-1.2
"""The demo plays three months in a few seconds, each act on its own day, so that weeks, waiting and haste can be seen.

An action asks Django what time it is and nobody can hand it another date, as it should be. So while the demo is built
Django's clock stands at the day of the act: only here, and only in the process that builds.
"""

import heapq
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils import timezone

Story = Iterator[int]
"""What someone does, stopping at the day on which it goes on: -14 is two weeks ago. Never 0: today is the visitor's."""
OPENING_HOUR = 10


def day(number: int, hour: int = OPENING_HOUR) -> datetime:
    """A moment on a day, counted from the real today."""
    today = _real_now().astimezone(timezone.get_current_timezone())
    return (today + timedelta(days=number)).replace(hour=hour, minute=0, second=0, microsecond=0)


def play(*stories: Story) -> None:
    """Let stories happen side by side, in one order of time: so the log reads as if it had gone like this."""
    waiting = [(next(story), order, story) for order, story in enumerate(stories)]
    heapq.heapify(waiting)
    with _clock() as go_to:
        while waiting:
            today, order, story = heapq.heappop(waiting)
            go_to(today)
            following = next(story, None)
            if following is not None:
                heapq.heappush(waiting, (following, order, story))


_real_now = timezone.now


@contextmanager
def _clock() -> Iterator[Callable[[int], None]]:
    """Django's clock on a day of our choice; it runs on from there and never goes back."""
    at, since = day(-3650), time.monotonic()

    def now() -> datetime:
        return at + timedelta(seconds=time.monotonic() - since)

    def go_to(number: int) -> None:
        nonlocal at, since
        at, since = max(now(), day(number)), time.monotonic()

    timezone.now = now
    try:
        yield go_to
    finally:
        timezone.now = _real_now
