# SPDX-License-Identifier: EUPL-1.2
"""Reading challenges, as far as the viewer may see them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from beproefd.ground.accounts.rules import is_administrator, is_coach, is_manager

from .models import IN_FORCE, CanvasVersion, Challenge, CriteriaSet, CriteriaState, Phase, Stimulus


def visible_challenges(viewer: Any) -> QuerySet[Challenge]:
    """Challenges the viewer may open, newest first."""
    challenges = Challenge.objects.all()
    if (is_manager | is_coach | is_administrator)(viewer):
        return challenges
    return challenges.exclude(phase=Phase.PREPARING)


def visible_stimuli(viewer: Any, challenge: Challenge) -> QuerySet[Stimulus]:
    """The cards of a challenge the viewer may open."""
    return Stimulus.objects.filter(challenge=challenge, challenge__in=visible_challenges(viewer))


def canvas_history(viewer: Any, challenge: Challenge) -> QuerySet[CanvasVersion]:
    """Every version of the canvas, newest first."""
    return (
        CanvasVersion.objects.filter(challenge=challenge, challenge__in=visible_challenges(viewer))
        .select_related("author")
        .order_by("-number")
    )


def visible_criteria(viewer: Any, challenge: Challenge) -> QuerySet[CriteriaSet]:
    """Published versions for everyone; the draft for those who manage it. Newest first."""
    sets = CriteriaSet.objects.filter(challenge=challenge, challenge__in=visible_challenges(viewer)).order_by("-version")
    return sets if is_manager(viewer) else sets.exclude(state=CriteriaState.DRAFT)


def criteria_in_force(challenge: Challenge) -> CriteriaSet | None:
    """The published criteria that count now."""
    return CriteriaSet.objects.filter(challenge=challenge, state__in=IN_FORCE).first()


def criteria_draft(challenge: Challenge) -> CriteriaSet | None:
    """The version being written, if any."""
    return CriteriaSet.objects.filter(challenge=challenge, state=CriteriaState.DRAFT).first()


@dataclass(frozen=True)
class Check:
    """One line of a readiness check: what must be there, whether it is, and where to mend it (a url name)."""

    text: str
    done: bool
    where: str


def intake_readiness(challenge: Challenge) -> list[Check]:
    """What must be in place before intake opens, in the order of the canvas."""
    canvas = challenge.canvas or CanvasVersion()
    edit = "challenges:canvas_edit"
    number = canvas.target_number is not None and canvas.target_number_source and canvas.target_number_date
    dates = [canvas.intake_deadline, canvas.jury_until, canvas.decision_on, canvas.follow_up_until]
    return [
        Check(_("A mission that asks “How can we ...”"), bool(canvas.mission), edit),
        Check(_("A target group in words"), bool(canvas.target_group), edit),
        Check(_("A number for the target group, with source and date"), bool(number), edit),
        Check(_("At least one outcome, such as autonomy"), bool(canvas.outcome_words), edit),
        Check(_("What is out of scope"), bool(canvas.out_of_scope), edit),
        Check(_("An owner"), bool(canvas.owner), edit),
        Check(_("The owner's mandate"), bool(canvas.mandate), edit),
        Check(_("Dates: deadline for ideas, jury, decision, follow-up"), all(dates), edit),
        Check(_("At least one stimulus card"), challenge.stimuli.exists(), "challenges:stimuli"),
        Check(_("Criteria locked and published"), criteria_in_force(challenge) is not None, "challenges:criteria"),
    ]


def lock_readiness(criteria_set: CriteriaSet) -> list[Check]:
    """What must be right before criteria can be locked."""
    criteria = list(criteria_set.criteria.all())
    weighted = [criterion for criterion in criteria if criterion.kind == criterion.Kind.WEIGHTED]
    scores = [str(score) for score in criteria_set.scale]
    anchored = all(
        all(criterion.anchors.get(score, "").strip() for score in (scores if criterion in weighted else ["0", "1"]))
        for criterion in criteria
    )
    page = "challenges:criteria"
    total = sum(criterion.weight for criterion in weighted)
    return [
        Check(_("At least one weighted criterion"), bool(weighted), page),
        Check(_("Weights that make 100 together (now %(total)s)") % {"total": total}, total == 100, page),
        Check(_("A plain text for every score of every criterion"), bool(criteria) and anchored, page),
        Check(_("A mission in the canvas"), bool(criteria_set.challenge.canvas and criteria_set.challenge.canvas.mission), page),
    ]
