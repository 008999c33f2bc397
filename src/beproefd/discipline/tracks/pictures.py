# SPDX-License-Identifier: EUPL-1.2
"""The pictures on the pages of a track."""

from collections.abc import Sequence
from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beproefd.ui.charts import Chart, Stretch, timeline, trend

from .queries.capacity import Capacity, MemberHours
from .queries.track import CycleLine


def state_word(line: CycleLine) -> str:
    """How a cycle stands, in a word or two."""
    if line.state == "now":
        return _("now, day %(day)s of %(days)s") % {
            "day": (timezone.localdate() - line.cycle.starts_on).days + 1,
            "days": (line.cycle.ends_on - line.cycle.starts_on).days + 1,
        }
    return {
        "closed": _("closed"),
        "late": _("over, not closed"),
        "later": _("still to come"),
        "unfinished": _("not finished"),
        "dropped": _("dropped"),
    }[line.state]


def cycle_picture(lines: Sequence[CycleLine]) -> Chart:
    """The cycles from the first day to the last. The bar of now says which day it is: a line would cross the names."""
    words = {line.state: state_word(line) for line in lines}
    order = ("closed", "now", "late", "later", "unfinished", "dropped")
    stretches = [
        Stretch(
            _("Cycle %(number)s") % {"number": line.cycle.number},
            line.cycle.starts_on,
            line.cycle.ends_on,
            state_word(line),
            _about(line),
        )
        for line in lines
    ]
    kinds = [words.get(state, state) for state in order]  # the first two stand out
    return timeline(stretches, caption=_("The cycles of this track"), kinds=kinds)


def _about(line: CycleLine) -> str:
    learned = ngettext("%(n)s learning card", "%(n)s learning cards", line.learned) % {"n": line.learned}
    return " · ".join(filter(None, [line.cycle.goal, line.cycle.answer, learned if line.learned else ""]))


def team_picture(capacity: Capacity) -> Chart | None:
    """Hours a week, on average per person, beside what was agreed."""
    if not any(week.hours is not None for week in capacity.weeks):
        return None
    agreed = [line.hours for line in capacity.members if line.hours is not None]
    return trend(
        [(_week(week.monday), week.hours) for week in capacity.weeks],
        caption=_("Hours a week, on average per person"),
        axis=_("Hours"),
        domain=(0, 40),
        level=sum(agreed) / len(agreed) if agreed else None,
        level_name=_("agreed:"),
    )


def own_picture(own: MemberHours | None) -> Chart | None:
    """Someone's own weeks, for that person."""
    if own is None or not any(pulse.hours is not None for pulse in own.pulses):
        return None
    return trend(
        [(_week(pulse.week), pulse.hours) for pulse in own.pulses],
        caption=_("Your own hours a week (only you and the coach see this)"),
        axis=_("Hours"),
        domain=(0, 40),
        level=own.hours,
        level_name=_("agreed:"),
        digits=0,
    )


def load_picture(capacity: Capacity) -> Chart | None:
    """How heavy the weeks were, on average."""
    if not any(week.load is not None for week in capacity.weeks):
        return None
    return trend(
        [(_week(week.monday), week.load) for week in capacity.weeks],
        caption=_("How heavy the weeks were, on average (1 light, 5 too heavy)"),
        axis=_("Load"),
        domain=(1, 5),
    )


def _week(monday: date) -> str:
    return date_format(monday, "j b")
