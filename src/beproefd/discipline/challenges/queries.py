# SPDX-License-Identifier: EUPL-1.2
"""Reading challenges, as far as the viewer may see them."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beproefd.ground.accounts.rules import is_administrator, is_coach, is_manager

from .models import IN_FORCE, CanvasVersion, Challenge, CriteriaSet, CriteriaState, Criterion, Phase, Stimulus


def visible_challenges(viewer: Any) -> QuerySet[Challenge]:
    """Challenges the viewer may open, newest first."""
    challenges = Challenge.objects.all()
    if (is_manager | is_coach | is_administrator)(viewer):
        return challenges
    return challenges.exclude(phase=Phase.PREPARING)


def with_canvases(challenges: Iterable[Challenge]) -> list[Challenge]:
    """The challenges with their newest canvas at hand, in one extra query however many there are."""
    found = list(challenges)
    newest = {
        canvas.challenge_id: canvas
        for canvas in CanvasVersion.objects.filter(challenge__in=found).order_by("challenge", "number")
    }
    for challenge in found:
        challenge.canvas = newest.get(challenge.pk)
    return found


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


def with_criteria_to_read(viewer: Any) -> QuerySet[Challenge]:
    """Challenges whose page of criteria the viewer may open: what was locked is public, also before ideas are welcome."""
    locked = CriteriaSet.objects.exclude(state=CriteriaState.DRAFT).values("challenge")
    return Challenge.objects.filter(Q(pk__in=visible_challenges(viewer).order_by().values("pk")) | Q(pk__in=locked))


def visible_criteria(viewer: Any, challenge: Challenge) -> QuerySet[CriteriaSet]:
    """Published versions for everyone; the draft for those who manage it. Newest first."""
    sets = CriteriaSet.objects.filter(challenge=challenge).order_by("-version")
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


QUESTION = re.compile(r"(hoe kunnen we|how can we)\b", re.IGNORECASE)


def intake_readiness(challenge: Challenge) -> list[Check]:
    """What must be in place before intake opens, in the order of the canvas."""
    canvas = challenge.canvas or CanvasVersion()
    edit = "challenges:canvas_edit"
    number = canvas.target_number is not None and canvas.target_number_source and canvas.target_number_date
    dates = [canvas.intake_deadline, canvas.jury_until, canvas.decision_on, canvas.follow_up_until]
    return [
        Check(_("A mission that asks “How can we ...”"), bool(QUESTION.match(canvas.mission)), edit),
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
        Check(
            _("A mission in the canvas"),
            bool(criteria_set.challenge.canvas and criteria_set.challenge.canvas.mission),
            page,
        ),
    ]


MANY_WINNERS = 10
"""From more winners than this on we ask whether that is meant: each gets a coach and two months."""

more_lock_warnings: list[Callable[[Any, CriteriaSet], list[str]]] = []
"""Rooms above add here what they know: the seats of the jury, the ideas that were handed in."""


def lock_warnings(viewer: Any, criteria_set: CriteriaSet) -> list[str]:
    """What looks wrong in a draft and why, before it is locked. It can be locked all the same; for who manages it."""
    if not is_manager(viewer):
        return []
    found = []
    for criterion in criteria_set.criteria.all():
        for first, second in _same_anchors(criterion, criteria_set.scale):
            found.append(
                _("“%(name)s”: %(first)s and %(second)s have the same text, so nobody can tell them apart.")
                % {"name": criterion.name, "first": first, "second": second}
            )
    if criteria_set.winners > MANY_WINNERS:
        found.append(
            _("%(winners)s winners is a lot: every winner gets a coach and two months.")
            % {"winners": criteria_set.winners}
        )
    return found + [text for ask in more_lock_warnings for text in ask(viewer, criteria_set)]


def _same_anchors(criterion: Criterion, scale: range) -> Iterable[tuple[str, str]]:
    """Pairs of scores, lowest first, that have the same text; a score goes with the nearest lower one."""
    knock_out = criterion.kind == Criterion.Kind.KNOCK_OUT
    words = {0: _("no"), 1: _("yes")} if knock_out else {score: str(score) for score in scale}
    seen: dict[str, str] = {}
    for score, word in words.items():
        text = " ".join(criterion.anchors.get(str(score), "").casefold().split())
        if text and text in seen:
            yield seen[text], word
        seen[text] = word


# The three outcomes of the case. A canvas holds the words themselves, beside any words of its own.
OUTCOMES = {
    "autonomie": gettext_lazy("autonomy"),
    "betrokkenheid": gettext_lazy("involvement"),
    "competentie": gettext_lazy("competence"),
}


def outcome_labels(canvas: CanvasVersion | None) -> list[str]:
    """The outcomes of a canvas in the language of the reader, as far as we know the words."""
    return [str(OUTCOMES.get(word, word)) for word in canvas.outcome_words] if canvas else []


@dataclass(frozen=True)
class Moment:
    """One step in the time of a challenge."""

    label: str
    when: date | datetime
    is_past: bool

    @property
    def has_time(self) -> bool:
        """Whether the hour matters too."""
        return isinstance(self.when, datetime)


def timeline(canvas: CanvasVersion | None, *, deadline: datetime | None = None) -> list[Moment]:
    """The dates that are known, in the order of the process. `deadline` is the real one, when intake closed early."""
    if canvas is None:
        return []
    now, today = timezone.now(), timezone.localdate()
    steps = [
        (_("Ideas are welcome from"), canvas.intake_opens),
        (_("Deadline for ideas"), deadline or canvas.intake_deadline),
        (_("The jury scores until"), canvas.jury_until),
        (_("Decision"), canvas.decision_on),
        (_("The winning teams work until"), canvas.follow_up_until),
    ]
    return [
        Moment(label, when, when < now if isinstance(when, datetime) else when < today) for label, when in steps if when
    ]


@dataclass(frozen=True)
class Piece:
    """A part of a text; `differs` when the other version does not have it."""

    text: str
    differs: bool


@dataclass(frozen=True)
class Change:
    """One field that differs between two versions, in words."""

    label: str
    old: tuple[Piece, ...]
    new: tuple[Piece, ...]


def what_changed(old: Model | None, new: Model, names: Iterable[str]) -> list[Change]:
    """The fields that differ between two versions, with the differing words marked."""
    changes = []
    for name in names:
        before, after = _in_words(old, name), _in_words(new, name)
        if before != after:
            field = new._meta.get_field(name)  # noqa: SLF001 -- Django's documented meta API
            label = str(capfirst(getattr(field, "verbose_name", name)))
            changes.append(Change(label, *_pieces(before, after)))
    return changes


def _in_words(version: Model | None, name: str) -> str:
    value = getattr(version, name) if version else None
    if isinstance(value, list):
        return ", ".join(str(OUTCOMES.get(item, item)) for item in value)
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    return "" if value is None else str(value)


def _pieces(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    left, right = (re.findall(r"\s*\S+|\s+$", text) for text in (before, after))
    old, new = [], []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if i2 > i1:
            old.append(Piece("".join(left[i1:i2]), tag != "equal"))
        if j2 > j1:
            new.append(Piece("".join(right[j1:j2]), tag != "equal"))
    return tuple(old), tuple(new)
