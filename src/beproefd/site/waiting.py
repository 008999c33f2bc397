# SPDX-License-Identifier: EUPL-1.2
"""What waits for someone, from every room: on the start page, each with the one page where it is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beproefd.discipline.challenges.models import Challenge
from beproefd.discipline.ideas.queries import own_invitations
from beproefd.discipline.juries.queries import behind
from beproefd.discipline.portfolio.models import GateRequest
from beproefd.discipline.portfolio.queries.gates import gate_tasks, review_tasks
from beproefd.discipline.tracks.queries import own_steps, tracks_in_need, waiting_ideas
from beproefd.discipline.validation.queries import visible_work
from beproefd.ui.templatetags.ui import as_list

NEWS = timedelta(days=14)  # so long the start page tells a team what was decided at its gate
MOST = 10  # of each kind; the pages of the rooms show the rest


@dataclass(frozen=True)
class Waiting:
    """One thing: what it is about, why it waits, and where to go."""

    title: str
    why: str
    label: str
    url: str


def waits_for(viewer: Any, challenges: Sequence[Challenge], to_judge: Mapping[int, int]) -> list[Waiting]:
    """Everything that waits for this person, what holds others up first. The queries do not grow with what there is.

    `to_judge`: per challenge how many ideas wait for this juror (juries.queries.waiting_for).
    """
    if not viewer.is_authenticated:
        return []
    kinds = (
        _to_judge(challenges, to_judge),
        _invitations(viewer),
        _to_review(viewer),
        _gates_to_run(viewer),
        _decided_gates(viewer),
        _own_steps(viewer),
        _jurors_behind(viewer, challenges),
        _tracks_in_need(viewer),
        _without_track(viewer),
    )
    return [item for kind in kinds for item in kind[:MOST]]


def _to_judge(challenges: Sequence[Challenge], waiting: Mapping[int, int]) -> list[Waiting]:
    return [
        Waiting(
            challenge.title,
            ngettext(
                "%(number)s idea waits for your judgement.", "%(number)s ideas wait for your judgement.", number
            ) % {"number": number},
            _("To the jury room"),
            reverse("juries:room", args=[challenge.slug]),
        )
        for challenge in challenges
        if (number := waiting.get(challenge.pk, 0))
    ]  # fmt: skip


def _invitations(viewer: Any) -> list[Waiting]:
    return [
        Waiting(
            invitation.version.title,
            _("%(name)s invites you to the team of this idea.") % {"name": invitation.invited_by.name},
            _("Read the invitation"),
            reverse("ideas:invitation", args=[invitation.idea.challenge.slug, invitation.key]),
        )
        for invitation in own_invitations(viewer)
    ]


def _to_review(viewer: Any) -> list[Waiting]:
    why = _("You are asked to review this idea at gate “%(gate)s”.")
    return [
        _at_gate(request, why % {"gate": request.get_gate_display()}, _("Review")) for request in review_tasks(viewer)
    ]


def _gates_to_run(viewer: Any) -> list[Waiting]:
    why = _("The team asks for gate “%(gate)s”. You lead the review and decide.")
    return [
        _at_gate(request, why % {"gate": request.get_gate_display()}, _("To the request"))
        for request in gate_tasks(viewer)
    ]


def _decided_gates(viewer: Any) -> list[Waiting]:
    """What was just decided about the own team's ideas: who is in the team hears the decision (portfolio.rules.belongs_to)."""
    decided = GateRequest.objects.filter(decided_at__gt=timezone.now() - NEWS, decision__isnull=False)
    latest = Prefetch("gate_requests", decided.select_related("decision").order_by("-number"), to_attr="decided_lately")
    own = viewer.memberships.values("idea")
    why = _("At gate “%(gate)s” was decided: %(outcome)s.")
    items = []
    for idea in visible_work(viewer).filter(pk__in=own, follow_up_ended_at=None).prefetch_related(latest):
        for request in idea.decided_lately[:1]:
            request.idea = idea
            said = {"gate": request.get_gate_display(), "outcome": request.decision.get_outcome_display()}
            items.append(_at_gate(request, why % said, _("Read the decision")))
    return items


def _at_gate(request: GateRequest, why: str, label: str) -> Waiting:
    idea = request.idea
    url = reverse("portfolio:request", args=[idea.challenge.slug, idea.reference, request.number])
    return Waiting(idea.title, why, label, url)


def _own_steps(viewer: Any) -> list[Waiting]:
    return [
        Waiting(
            own.idea.title,
            own.step.text,
            own.step.label,
            reverse(own.step.where, args=[own.idea.challenge.slug, own.idea.reference, *own.step.numbers]),
        )
        for own in own_steps(viewer)
    ]


def _jurors_behind(viewer: Any, challenges: Sequence[Challenge]) -> list[Waiting]:
    late = behind(viewer, challenges)
    left = _("%(name)s: %(number)s")
    items = []
    for challenge in challenges:
        names = [
            left % {"name": line.seat.name, "number": line.total - line.done} for line in late.get(challenge.pk, [])
        ]
        if names:
            why = _("The jury is not ready. Ideas still to judge: %(names)s.") % {"names": as_list(names)}
            items.append(Waiting(challenge.title, why, _("Remind them"), reverse("juries:room", args=[challenge.slug])))
    return items


def _tracks_in_need(viewer: Any) -> list[Waiting]:
    return [
        Waiting(
            line.idea.title,
            line.need,
            _("Look at this track"),
            reverse("tracks:home", args=[line.idea.challenge.slug, line.idea.reference]),
        )
        for line in tracks_in_need(viewer)
    ]


def _without_track(viewer: Any) -> list[Waiting]:
    return [
        Waiting(
            idea.title,
            _("The jury chose this idea. It has no track yet."),
            _("Open a track"),
            reverse("tracks:open", args=[idea.challenge.slug, idea.reference]),
        )
        for idea in waiting_ideas(viewer)
    ]
