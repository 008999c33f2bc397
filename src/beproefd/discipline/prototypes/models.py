# SPDX-License-Identifier: EUPL-1.2
"""Screens of an idea, and the sessions in which people tried them. A session knows no name and no time of a step."""

import secrets
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beproefd.discipline.validation.models import Observation, TargetGroup, TestCard
from beproefd.discipline.validation.models.register import BY_NUMBER, NUMBERED, OfIdea
from beproefd.ground.audit.models import Audited

from .pictograms import Pictogram

VALID = timedelta(days=1)
MOST_BUTTONS = 4
LONGEST_TEXT = 200  # characters on one screen; more is too much to read at level A2


def new_token() -> str:
    """An address that nobody guesses."""
    return secrets.token_urlsafe(24)


def a_day_from_now() -> datetime:
    """Until when a session can be used."""
    return timezone.now() + VALID


class Prototype(OfIdea):
    """A row of screens. The first tester locks it; what changes after that is a copy, the next version."""

    LETTER = "S"

    title = models.CharField(_("title"), max_length=80)
    task = models.CharField(
        _("what do you ask someone to do?"),
        max_length=LONGEST_TEXT,
        help_text=_(
            "One thing, in simple words, for example: “Put 5 euros aside.” The person reads or hears it before the first screen."
        ),
    )
    question = models.CharField(
        _("question at the end"),
        max_length=120,
        help_text=_("The person answers with a face: good, so-so or not good."),
    )
    previous = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="next")
    version = models.PositiveSmallIntegerField(default=1)
    locked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = BY_NUMBER
        constraints = (
            *NUMBERED,
            models.CheckConstraint(
                condition=Q(version=1, previous=None) | Q(version__gt=1, previous__isnull=False),
                name="prototypes_version_has_previous",
            ),
        )

    @property
    def is_locked(self) -> bool:
        """Whether someone has seen it, so that nothing can change any more."""
        return self.locked_at is not None

    @property
    def name(self) -> str:
        """The title, with the version once there is more than one."""
        return self.title if self.version == 1 else f"{self.title} ({self.version})"


class Screen(Audited):
    """One page: a picture, a drawing or plain text, with big buttons under it."""

    AUDIT_WITH = ("buttons",)

    class Kind(models.TextChoices):
        """What stands on it."""

        PICTURE = "picture", _("Picture")
        DRAWING = "drawing", _("Drawing")
        TEXT = "text", _("Text")

    prototype = models.ForeignKey(Prototype, on_delete=models.PROTECT, related_name="screens")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(
        _("name of the screen"), max_length=40, help_text=_("For yourselves, and for who has the screen read aloud.")
    )
    kind = models.CharField(max_length=7, choices=Kind.choices)
    image = models.CharField(max_length=80, blank=True, editable=False)
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    alt = models.CharField(
        _("what can be seen in the picture?"),
        max_length=LONGEST_TEXT,
        blank=True,
        help_text=_("For who cannot see the picture. It is read aloud."),
    )
    text = models.CharField(
        _("short text"),
        max_length=LONGEST_TEXT,
        blank=True,
        help_text=_("Short words, short sentences (level A2). At most 200 characters. It can be read aloud."),
    )
    pictogram = models.CharField(
        _("small picture beside the text"), max_length=8, blank=True, choices=Pictogram.choices
    )
    question = models.CharField(
        _("question about this screen"),
        max_length=120,
        blank=True,
        help_text=_("The person answers with a face, before the next screen. Leave it empty if you ask nothing here."),
    )
    locked = models.BooleanField(default=False, editable=False)
    request_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        ordering = ("prototype", "position")
        constraints = (
            models.UniqueConstraint(fields=("prototype", "position"), name="prototypes_screen_position_once"),
            models.CheckConstraint(condition=Q(kind__in=("picture", "drawing", "text")), name="prototypes_kind_known"),
            models.CheckConstraint(
                condition=Q(pictogram="") | Q(pictogram__in=Pictogram.values), name="prototypes_screen_pictogram_known"
            ),
            models.CheckConstraint(
                condition=(Q(kind="text", image="") & ~Q(text="")) | (~Q(kind="text") & ~Q(image="") & ~Q(alt="")),
                name="prototypes_screen_says_what_it_shows",
            ),
        )

    def __str__(self) -> str:
        return self.title


class Button(models.Model):
    """A big button under a screen, and where it leads."""

    class Goes(models.TextChoices):
        """Where to."""

        NEXT = "next", _("to the next screen in the row")
        SCREEN = "screen", _("to a certain screen")
        DONE = "done", _("done: to the question at the end")

    screen = models.ForeignKey(Screen, on_delete=models.CASCADE, related_name="buttons")
    position = models.PositiveSmallIntegerField()
    word = models.CharField(_("word on the button"), max_length=30)
    pictogram = models.CharField(_("small picture"), max_length=8, blank=True, choices=Pictogram.choices)
    goes = models.CharField(_("where to?"), max_length=6, choices=Goes.choices, default=Goes.NEXT)
    to = models.ForeignKey(Screen, null=True, blank=True, on_delete=models.PROTECT, related_name="led_to_by")
    locked = models.BooleanField(default=False, editable=False)  # with its screen: a trigger sees only its own row

    class Meta:
        ordering = ("screen", "position")
        constraints = (
            models.UniqueConstraint(fields=("screen", "position"), name="prototypes_button_position_once"),
            models.CheckConstraint(
                condition=Q(pictogram="") | Q(pictogram__in=Pictogram.values), name="prototypes_button_pictogram_known"
            ),
            models.CheckConstraint(condition=Q(goes__in=("next", "screen", "done")), name="prototypes_goes_known"),
            models.CheckConstraint(
                condition=Q(goes="screen", to__isnull=False) | (~Q(goes="screen") & Q(to=None)),
                name="prototypes_button_leads_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(position__range=(1, MOST_BUTTONS)), name="prototypes_at_most_four_buttons"
            ),
        )

    def __str__(self) -> str:
        return self.word


class Session(Audited):
    """One person tries the screens. The token is its address.

    `key` is the key of the observation it becomes. No page shows it, so nobody can send another observation in its
    place. The steps are not in the log: its entries have a time, and a session knows no time of a step.
    """

    class Mode(models.TextChoices):
        """Whether someone helps."""

        ALONE = "alone", _("The person does it alone")
        ASSISTED = "assisted", _("A helper sits beside the person")

    class State(models.TextChoices):
        """The life of a session."""

        OPEN = "open", _("Not begun")
        RUNNING = "running", _("Under way")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")
        DECLINED = "declined", _("Did not want to take part")

    class Result(models.TextChoices):
        """Did the person do what the test card asks? Said by who watched, never by a face."""

        YES = "yes", _("yes, without help")
        HELPED = "helped", _("yes, with help")
        NO = "no", _("no, it did not succeed")
        UNCLEAR = "unclear", _("not clear, or nobody watched")

    NEXT_STATES = {
        "open": {"running", "declined", "stopped"},
        "running": {"done", "stopped"},
        "done": set(),
        "stopped": set(),
        "declined": set(),
    }

    prototype = models.ForeignKey(Prototype, on_delete=models.PROTECT, related_name="sessions")
    card = models.ForeignKey(TestCard, on_delete=models.PROTECT, related_name="+", verbose_name=_("for which test?"))
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    request_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    mode = models.CharField(_("who is there?"), max_length=8, choices=Mode.choices)
    arm = models.CharField(max_length=8, blank=True)
    group = models.ForeignKey(
        TargetGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("target group")
    )
    place = models.CharField(_("neighbourhood"), max_length=60, blank=True)
    goal = models.ForeignKey(Screen, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    help_counts = models.BooleanField(default=False, editable=False)  # what was said before the card said it
    result = models.CharField(_("what did you see?"), max_length=7, blank=True, choices=Result.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(default=a_day_from_now)
    ended_at = models.DateTimeField(null=True, blank=True)
    same_device = models.BooleanField(default=False)
    kept = models.BooleanField(default=False)
    not_counted = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("prototype", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(mode__in=("alone", "assisted")), name="prototypes_mode_known"),
            models.CheckConstraint(condition=Q(arm__in=("", "control", "new")), name="prototypes_arm_known"),
            models.CheckConstraint(
                condition=Q(state__in=("open", "running", "done", "stopped", "declined")),
                name="prototypes_session_state_known",
            ),
            models.CheckConstraint(
                condition=Q(kept=False) | Q(state="stopped"), name="prototypes_only_what_was_stopped_is_kept"
            ),
            models.CheckConstraint(
                condition=Q(result="") | Q(result__in=("yes", "helped", "no", "unclear"), state="done"),
                name="prototypes_result_of_what_was_done",
            ),
            models.CheckConstraint(
                condition=Q(goal=None) | Q(mode="alone"), name="prototypes_with_a_helper_the_helper_says_it"
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_live(self) -> bool:
        """Whether its address still opens."""
        return self.state in {self.State.OPEN, self.State.RUNNING} and timezone.now() < self.expires_at

    @property
    def is_assisted(self) -> bool:
        """Whether a helper sits beside the person."""
        return self.mode == self.Mode.ASSISTED

    @property
    def is_waiting(self) -> bool:
        """Whether someone of the team still has to say if it succeeded."""
        return self.state == self.State.DONE and not self.result


class Step(models.Model):
    """One page of a session that was shown, and what was pressed. `came_from`: the step that “back” leads to."""

    class Kind(models.TextChoices):
        """What was shown."""

        TASK = "task", _("task")
        SCREEN = "screen", _("screen")
        FACE = "face", _("question with faces")
        WHO = "who", _("who answered")
        RESULT = "result", _("did it succeed?")
        END = "end", _("end")

    class Left(models.TextChoices):
        """How it was left."""

        ON = "on", _("went on")
        BACK = "back", _("turned back")
        STOPPED = "stopped", _("stopped")

    class Answer(models.TextChoices):
        """A face, or what the helper saw."""

        GOOD = "good", _("good")
        SO_SO = "so_so", _("so-so")
        BAD = "bad", _("not good")
        YES = "yes", _("yes, without help")
        HELPED = "helped", _("yes, with help")
        NO = "no", _("no, it did not succeed")
        UNCLEAR = "unclear", _("not clear, or nobody watched")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    key = models.UUIDField(default=uuid.uuid4)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    screen = models.ForeignKey(Screen, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    came_from = models.PositiveIntegerField(null=True, blank=True)
    pressed = models.CharField(max_length=10, blank=True)
    left = models.CharField(max_length=7, blank=True, choices=Left.choices)
    answer = models.CharField(max_length=7, blank=True, choices=Answer.choices)
    answered_by = models.CharField(max_length=8, blank=True, choices=Observation.AnsweredBy.choices)

    class Meta:
        ordering = ("session", "position")
        constraints = (
            models.UniqueConstraint(fields=("session", "position"), name="prototypes_step_position_once"),
            models.UniqueConstraint(fields=("session", "key"), name="prototypes_step_key_once"),
            models.CheckConstraint(
                condition=Q(kind__in=("task", "screen", "face", "who", "result", "end")),
                name="prototypes_step_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(left="") | Q(left__in=("on", "back", "stopped")), name="prototypes_left_known"
            ),
            models.CheckConstraint(
                condition=Q(answer="") | Q(answer__in=("good", "so_so", "bad", "yes", "helped", "no", "unclear")),
                name="prototypes_answer_known",
            ),
            models.CheckConstraint(
                condition=Q(answered_by="") | Q(answered_by__in=("self", "together", "helper")),
                name="prototypes_answerer_known",
            ),
            models.CheckConstraint(
                condition=~Q(kind="screen") | Q(screen__isnull=False), name="prototypes_step_shows_its_screen"
            ),
        )

    def __str__(self) -> str:
        return f"{self.position} {self.kind}"
