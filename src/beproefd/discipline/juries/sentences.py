# SPDX-License-Identifier: EUPL-1.2
"""What the jury room says in plain language, made from numbers and keys."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import Interest
from .standings import Standings


def stability_sentence(standings: Standings, titles: Mapping[str, str]) -> str:
    """One sentence: would the winners be others with one juror less or with slightly other weights?

    `titles` maps a reference to the title of the idea.
    """
    stability = standings.ranking.stability
    size = len(stability.top)
    if not size:
        return _("There are no scores to rank yet.")
    if stability.stable and not standings.undecided_ties:
        return _(
            "The top %(size)s is stable: no single jury member and no shift of 10 points in the weights changes it."
        ) % {"size": size}
    ifs = []
    if stability.without_juror:
        count = len(stability.without_juror)
        ifs.append(
            ngettext(
                "%(count)s jury member had not taken part", "one of %(count)s jury members had not taken part", count
            )
            % {"count": count}
        )
    change = stability.smallest_weight_change
    if change is not None and change.points <= 10:
        ifs.append(
            _("the weights shift by %(points)s points (then %(entering)s comes in place of %(leaving)s)")
            % {"points": number_format(change.points, decimal_pos=1), "entering": titles[change.entering], "leaving": titles[change.leaving]}
        )
    if standings.ranking.ties:
        group = ", ".join(titles[name] for ties in standings.ranking.ties for name in ties)
        ifs.append(_("the lot falls differently between %(ideas)s, which have the same score") % {"ideas": group})
    if not ifs:
        return _("The top %(size)s may change when the weights shift by up to 10 points.") % {"size": size}
    return _("The top %(size)s changes if %(ifs)s.") % {"size": size, "ifs": _(", or if ").join(ifs)}


def interest_paragraph(interests: Iterable[Interest]) -> str:
    """The paragraph for the decision on article 2:4 of the Awb: who kept out of what, and why."""
    per_person: dict[str, list[str]] = defaultdict(list)
    late = False
    for interest in interests:
        per_person[interest.user.name].append(f"{interest.idea.reference} ({interest.get_kind_display().lower()})")
        late = late or interest.is_late
    opening = _(
        "Under article 2:4 of the General Administrative Law Act (Awb) the municipality decides without prejudice and sees "
        "to it that persons with a personal interest do not influence the decision. Before an idea opened, each jury "
        "member declared in writing whether anything bound them to it."
    )
    if not per_person:
        return opening + " " + _("No jury member was bound to an idea they judged.")
    lines = "; ".join(f"{name}: {', '.join(sorted(set(ideas)))}" for name, ideas in sorted(per_person.items()))
    text = opening + " " + _(
        "These jury members did not judge the ideas named, did not see their scores and did not deliberate about them: "
        "%(lines)s."
    ) % {"lines": lines}
    if late:
        text += " " + _("Where an interest came to light after scoring, the scores were void and the order was computed anew.")
    return text
