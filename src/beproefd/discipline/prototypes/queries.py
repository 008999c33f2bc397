# SPDX-License-Identifier: EUPL-1.2
"""Reading screens and sessions: for the team, its coach and the programme; for a tester through a live token only."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.validation.models import TestCard
from beproefd.discipline.validation.rules import can_look_in

from . import walk
from .models import Prototype, Screen, Session, Step
from .sentences import faces_in_words


def prototypes(viewer: Any, idea: Idea) -> QuerySet[Prototype]:
    """The prototypes of an idea, newest first, with the number of screens and of people who tried them."""
    if not can_look_in(viewer, idea):
        return Prototype.objects.none()
    return (
        Prototype.objects.filter(idea=idea)
        .select_related("idea__challenge", "previous", "next")
        .annotate(
            screen_count=Count("screens", distinct=True),
            tried=Count("sessions", filter=Q(sessions__state__in=("running", "done", "stopped")), distinct=True),
        )
        .order_by("-number")
    )


def screens(viewer: Any, prototype: Prototype) -> list[Screen]:
    """The screens in their order, with their buttons."""
    if not can_look_in(viewer, prototype.idea):
        return []
    return list(prototype.screens.order_by("position").prefetch_related("buttons__to"))


def sessions(viewer: Any, prototype: Prototype) -> list[Session]:
    """The sessions of a prototype, newest first."""
    if not can_look_in(viewer, prototype.idea):
        return []
    return list(prototype.sessions.select_related("card", "group", "goal", "prototype__idea").order_by("-pk"))


def running_cards(viewer: Any, idea: Idea) -> list[TestCard]:
    """The tests that take observations now."""
    if not can_look_in(viewer, idea):
        return []
    return list(TestCard.objects.filter(idea=idea, state=TestCard.State.RUNNING).order_by("-number"))


# What a tester may see


def session_of(token: str, *, stopping: bool = False) -> Session | None:
    """The session behind an address, as long as it is open. `stopping`: who withdraws may do so after that too."""
    found = Session.objects.filter(token=token).select_related("prototype__idea", "card", "goal")
    if not stopping:
        found = found.filter(state__in=("open", "running"), expires_at__gt=timezone.now())
    return found.first()


def step_of(session: Session, at: int) -> Step | None:
    """A step of this session."""
    if session.state != Session.State.RUNNING:
        return None
    return session.steps.filter(position=at).select_related("screen").first()


def last_step(session: Session) -> Step | None:
    """Where this session stands."""
    return session.steps.order_by("-position").first()


def asks_the_helper_first(step: Step) -> bool:
    """Whether the questions for the helper begin here: who tried does not read along about themself."""
    if step.kind == Step.Kind.WHO:
        return step.screen_id is None
    if step.kind != Step.Kind.RESULT or step.came_from is None:
        return False
    before = step.session.steps.filter(position=step.came_from).values_list("kind", flat=True).first()
    return before != Step.Kind.WHO


def picture_for_tester(session: Session, pk: int) -> str:
    """The picture of a screen of the prototype that this person is trying; empty when there is none."""
    if session.state != Session.State.RUNNING:
        return ""
    return session.prototype.screens.filter(pk=pk).values_list("image", flat=True).first() or ""


def picture_for_team(viewer: Any, prototype: Prototype, pk: int) -> str:
    """The picture of a screen; empty when there is none or the viewer may not look."""
    if not can_look_in(viewer, prototype.idea):
        return ""
    return prototype.screens.filter(pk=pk).values_list("image", flat=True).first() or ""


# Paths


@dataclass(frozen=True)
class Pressed:
    """A button as people saw it, and how many pressed it. `step`: which of the product's own buttons it is."""

    word: str
    pictogram: str
    people: int
    step: str = ""


@dataclass(frozen=True)
class ScreenLine:
    """What people did on one screen. Numbers of people, never who."""

    screen: Screen
    came: int
    turned_back: int
    stopped: int
    good: int
    so_so: int
    bad: int
    pressed: tuple[Pressed, ...]


@dataclass(frozen=True)
class Way:
    """From one screen to another (positions; None: the end), and how many people went it."""

    start: int
    to: int | None
    people: int


@dataclass(frozen=True)
class Paths:
    """What the sessions of a prototype show together. `withdrawn`: stopped, and everything erased."""

    lines: tuple[ScreenLine, ...]
    ways: tuple[Way, ...]
    good: int
    so_so: int
    bad: int
    succeeded: int
    helped: int
    failed: int
    unclear: int
    waiting: int
    done: int
    under_way: int
    stopped_kept: int
    withdrawn: int
    declined: int
    same_device: int
    not_counted: int

    @property
    def people(self) -> int:
        """Everyone of whom something is kept."""
        return self.done + self.under_way + self.stopped_kept


def paths(viewer: Any, prototype: Prototype) -> Paths | None:
    """Paths taken through the screens, or None for who may not look."""
    if not can_look_in(viewer, prototype.idea):
        return None
    rows = list(prototype.sessions.all())
    by_session: defaultdict[int, list[Step]] = defaultdict(list)
    for step in Step.objects.filter(session__prototype=prototype).order_by("session", "position"):
        by_session[step.session_id].append(step)
    came, back, stopped = Counter[int](), Counter[int](), Counter[int]()
    faces: Counter[tuple[int | None, str]] = Counter()
    ways: Counter[tuple[int, int | None]] = Counter()
    presses: Counter[tuple[int, str]] = Counter()
    order = {screen.pk: screen.position for screen in prototype.screens.all()}
    for row in rows:
        steps = by_session[row.pk]
        came.update(_screens(steps))
        back.update(_screens(steps, left=Step.Left.BACK))
        stopped.update(_screens(steps, left=Step.Left.STOPPED))
        faces.update(_last_faces(steps))
        ways.update(_ways(steps, order))
        presses.update(_presses(steps))
    states = Counter(row.state for row in rows)
    results = Counter(row.result for row in rows)
    kept = sum(row.kept for row in rows)
    lines = tuple(
        ScreenLine(
            screen,
            came[screen.pk],
            back[screen.pk],
            stopped[screen.pk],
            faces[screen.pk, Step.Answer.GOOD],
            faces[screen.pk, Step.Answer.SO_SO],
            faces[screen.pk, Step.Answer.BAD],
            _pressed(screen, presses, back[screen.pk]),
        )
        for screen in prototype.screens.order_by("position").prefetch_related("buttons")
    )
    return Paths(
        lines=lines,
        ways=tuple(Way(start, to, people) for (start, to), people in sorted(ways.items(), key=_by_place)),
        good=faces[None, Step.Answer.GOOD],
        so_so=faces[None, Step.Answer.SO_SO],
        bad=faces[None, Step.Answer.BAD],
        succeeded=results[Session.Result.YES],
        helped=results[Session.Result.HELPED],
        failed=results[Session.Result.NO],
        unclear=results[Session.Result.UNCLEAR],
        waiting=sum(row.is_waiting for row in rows),
        done=states[Session.State.DONE],
        under_way=states[Session.State.RUNNING],
        stopped_kept=kept,
        withdrawn=states[Session.State.STOPPED] - kept,
        declined=states[Session.State.DECLINED],
        same_device=sum(row.same_device for row in rows),
        not_counted=sum(bool(row.not_counted) for row in rows),
    )


def faces_beside(viewer: Any, idea: Idea, cards: Collection[int]) -> dict[int, str]:
    """Per test card the faces that people gave at the end of its sessions, in one sentence. A face is no outcome."""
    if not can_look_in(viewer, idea):
        return {}
    ended = Q(session__state=Session.State.DONE) | Q(session__kept=True)
    steps = Step.objects.filter(ended, session__card__in=cards, session__prototype__idea=idea)
    last = dict(
        steps.filter(kind=Step.Kind.FACE, left=Step.Left.ON, screen=None)
        .order_by("session", "position")
        .values_list("session_id", "answer")
    )
    of_card = dict(Session.objects.filter(pk__in=last).values_list("pk", "card_id"))
    counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for session, face in last.items():
        if face:
            counts[of_card[session]][face] += 1
    return {card: faces_in_words(faces) for card, faces in counts.items()}


def _by_place(item: tuple[tuple[int, int | None], int]) -> tuple[int, int]:
    (start, to), _people = item
    return start, to or 10_000


def _screens(steps: Iterable[Step], left: str = "") -> set[int]:
    """The screens of one person: all, or those left in this way."""
    return {
        step.screen_id
        for step in steps
        if step.kind == Step.Kind.SCREEN and step.screen_id and (not left or step.left == left)
    }


def _presses(steps: Iterable[Step]) -> set[tuple[int, str]]:
    """Which buttons one person pressed, per screen. Of a page that was opened twice the last press is known."""
    return {
        (step.screen_id, step.pressed)
        for step in steps
        if step.kind == Step.Kind.SCREEN and step.screen_id and step.pressed
    }


def _pressed(screen: Screen, presses: Counter[tuple[int, str]], back: int) -> tuple[Pressed, ...]:
    """The buttons of a screen in their order, also those that nobody pressed; “back” when someone turned back."""
    rows = [
        Pressed(button.word, button.pictogram, presses[screen.pk, str(button.position)])
        for button in screen.buttons.all()
    ]
    if not rows:
        rows.append(Pressed("", "arrow", presses[screen.pk, walk.ON], step=walk.ON))
    if back:
        rows.append(Pressed("", "back", back, step=walk.BACK))
    return tuple(rows)


def _last_faces(steps: Iterable[Step]) -> dict[tuple[int | None, str], int]:
    """The last face of one person per screen (None: at the end)."""
    last: dict[int | None, str] = {}
    for step in steps:
        if step.kind == Step.Kind.FACE and step.left == Step.Left.ON:
            last[step.screen_id] = step.answer
    return {(screen, face): 1 for screen, face in last.items() if face}


def _ways(steps: Iterable[Step], order: dict[int, int]) -> set[tuple[int, int | None]]:
    """From which screen one person came to which other, backwards too; None is the end."""
    found: set[tuple[int, int | None]] = set()
    before: int | None = None
    for step in steps:
        if step.kind == Step.Kind.SCREEN and step.screen_id:
            here = order[step.screen_id]
            if before is not None and before != here:
                found.add((before, here))
            before = here
        elif step.kind == Step.Kind.FACE and step.screen_id is None and before is not None:
            found.add((before, None))
            before = None
    return found
