# SPDX-License-Identifier: EUPL-1.2
"""The pictures on the pages of a track."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beproefd.ui.charts import Chart, Stretch, timeline

from .models import Track
from .queries.track import CycleLine


def state_word(line: CycleLine) -> str:
    """How a cycle stands, in a word or two."""
    return {"closed": _("closed"), "now": _("now"), "late": _("over, not closed"), "later": _("still to come")}[
        line.state
    ]


def cycle_picture(track: Track, lines: Sequence[CycleLine]) -> Chart:
    """The cycles from the first day to the last."""
    kinds = [_("closed"), _("now"), _("over, not closed"), _("still to come")]
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
    today = timezone.localdate() if track.is_open else None
    return timeline(stretches, caption=_("The cycles of this track"), kinds=kinds, today=today)


def _about(line: CycleLine) -> str:
    learned = ngettext("%(n)s learning card", "%(n)s learning cards", line.learned) % {"n": line.learned}
    return " · ".join(filter(None, [line.cycle.goal, line.cycle.answer, learned if line.learned else ""]))
