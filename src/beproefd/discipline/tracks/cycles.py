# SPDX-License-Identifier: EUPL-1.2
"""Days cut into cycles: pure arithmetic on dates."""

from datetime import date, timedelta
from itertools import pairwise

SHORTEST, LONGEST = 7, 14
DAY = timedelta(days=1)


def lay_out(starts_on: date, ends_on: date, cycle_days: int) -> list[tuple[date, date]]:
    """First and last day of each cycle, from the first to the last day of the track, as even as they can be.

    Every cycle takes 7 to 14 days; only a track of less than a week is one shorter cycle.
    """
    total = (ends_on - starts_on).days + 1
    most, fewest = max(1, total // SHORTEST), -(-total // LONGEST)
    count = min(most, max(1, fewest, round(total / cycle_days)))
    edges = [starts_on + timedelta(days=round(total * part / count)) for part in range(count + 1)]
    return [(first, following - DAY) for first, following in pairwise(edges)]


def two_months_after(day: date) -> date:
    """The day before the same day two months on; the last day of that month when there is no such day."""
    year, month = (day.year, day.month + 2) if day.month <= 10 else (day.year + 1, day.month - 10)
    for number in range(day.day, 27, -1):
        try:
            return date(year, month, number) - DAY
        except ValueError:
            continue
    return date(year, month, min(day.day, 28)) - DAY


def monday(day: date) -> date:
    """The first day of the ISO week."""
    return day - timedelta(days=day.weekday())
