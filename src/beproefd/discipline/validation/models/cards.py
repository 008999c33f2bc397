# SPDX-License-Identifier: EUPL-1.2
"""Test cards, what was seen, and what the engine said of it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from beproefd.ground.audit.models import Audited

from .register import BY_NUMBER, NUMBERED, Assumption, OfIdea, TargetGroup


class TestCard(OfIdea):
    """One test: who is asked what, and when we are right. The first observation locks it."""

    LETTER = "T"
    __test__ = False  # not a test of pytest

    class Method(models.TextChoices):
        """How the question is put to people."""

        INTERVIEW = "interview", _("Interview")
        PAPER = "paper", _("Paper screens")
        CLICK = "click", _("Click model")
        WIZARD = "wizard", _("Wizard of Oz: a person behind the screen")
        LETTER = "letter", _("Letter, in two variants")
        BUDDY = "buddy", _("Trial with a buddy")
        SURVEY = "survey", _("Short survey")
        PARTNER = "partner", _("Talk with partners")
        AB = "ab", _("Two ways side by side (A/B)")
        FIELD = "field", _("Field trial")

    class Stakes(models.TextChoices):
        """How bad it is to go on while wrong; it sets the error rate (designs.ALPHA)."""

        SMALL = "small", _("Not so bad: we can easily go back")
        MIDDLE = "middle", _("Bad: it costs time and money")
        LARGE = "large", _("Very bad: people are harmed or much money is lost")

    class State(models.TextChoices):
        """The life of a test."""

        DRAFT = "draft", _("Being prepared")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Stopped without a result")

    NEXT_STATES = {
        "draft": {"running", "dropped"},
        "running": {"done", "dropped"},
        "done": set(),
        "dropped": set(),
    }

    question = models.CharField(_("what do we want to know?"), max_length=300)
    method = models.CharField(_("method"), max_length=10, choices=Method.choices)
    who = models.CharField(
        _("with whom?"), max_length=300, help_text=_("Which people, where do you find them? No names.")
    )
    group = models.ForeignKey(
        TargetGroup,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cards",
        verbose_name=_("target group"),
    )
    measure = models.CharField(
        _("what counts as a yes?"),
        max_length=300,
        help_text=_("Something you can see, for example: pays the bill alone, without help."),
    )
    right_from = models.PositiveSmallIntegerField(_("we are right if more than ... of 10 people do it"), default=6)
    hope_for = models.PositiveSmallIntegerField(_("we hope for ... of 10 people"), default=8)
    help_counts = models.BooleanField(
        _("with help is a yes too"),
        default=False,
        help_text=_("Leave this off when it has to go without help. It cannot change after the first observation."),
    )
    by_lot = models.BooleanField(
        _("a coin decides who gets which way"),
        default=False,
        help_text=_("Only for two ways side by side. Without a lot a difference can come from who chose what."),
    )
    stakes = models.CharField(
        _("how bad is it if we are wrong?"), max_length=6, choices=Stakes.choices, default=Stakes.MIDDLE
    )
    cost_cents = models.PositiveIntegerField(_("cost in euros"), default=0)
    effort_days = models.PositiveSmallIntegerField(_("days of work"), default=2)
    duration_days = models.PositiveSmallIntegerField(_("lasts how many days?"), default=7)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    started_at = models.DateTimeField(null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(_("reason"), max_length=500, blank=True)
    design = models.TextField(blank=True, editable=False)
    design_digest = models.CharField(max_length=64, blank=True, editable=False)
    assumptions = models.ManyToManyField(Assumption, through="TestAssumption", related_name="cards")

    class Meta:
        ordering = BY_NUMBER
        constraints = (
            *NUMBERED,
            models.CheckConstraint(
                condition=Q(state__in=("draft", "running", "done", "dropped")), name="validation_card_state_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    method__in=(
                        "interview", "paper", "click", "wizard", "letter", "buddy", "survey", "partner", "ab", "field",
                    )
                ),
                name="validation_card_method_known",
            ),
            models.CheckConstraint(condition=Q(stakes__in=("small", "middle", "large")), name="validation_card_stakes_known"),
            models.CheckConstraint(
                condition=Q(right_from__range=(0, 9), hope_for__range=(1, 10), hope_for__gt=F("right_from")),
                name="validation_card_hopes_for_more",
            ),
            models.CheckConstraint(
                condition=Q(locked_at=None) | (~Q(design="") & ~Q(design_digest="")), name="validation_card_locked_has_design"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", started_at=None) | ~Q(state="draft"), name="validation_card_draft_not_started"
            ),
        )  # fmt: skip

    @property
    def has_two_arms(self) -> bool:
        """Whether two ways are compared."""
        return self.method in {self.Method.AB, self.Method.LETTER}

    @property
    def is_locked(self) -> bool:
        """Whether something was seen, so that nothing can change any more."""
        return self.locked_at is not None


class TestAssumption(Audited):
    """A test says something about an assumption: a yes speaks for it, or against it."""

    __test__ = False

    card = models.ForeignKey(TestCard, on_delete=models.PROTECT, related_name="links")
    assumption = models.ForeignKey(Assumption, on_delete=models.PROTECT, related_name="test_links")
    speaks_for = models.BooleanField(_("a yes speaks for it"), default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("card", "assumption"), name="validation_test_of_assumption_once"),
        )

    def __str__(self) -> str:
        return f"{self.card} {self.assumption}"


class Observation(Audited):
    """One person, one outcome, in the order in which they came in. Never changed; a mistake is struck out and stays."""

    class AnsweredBy(models.TextChoices):
        """Who answered."""

        SELF = "self", _("the person alone")
        TOGETHER = "together", _("the person with help")
        HELPER = "helper", _("the helper for the person")

    card = models.ForeignKey(TestCard, on_delete=models.PROTECT, related_name="observations")
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    position = models.PositiveIntegerField()
    outcome = models.BooleanField(null=True, blank=True)
    arm = models.CharField(max_length=8, blank=True)
    group = models.ForeignKey(TargetGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(_("neighbourhood"), max_length=60, blank=True)
    note = models.CharField(_("what did you see or hear?"), max_length=400, blank=True)
    answered_by = models.CharField(max_length=8, choices=AnsweredBy.choices, default=AnsweredBy.SELF)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)
    after_verdict = models.BooleanField(default=False)
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_reason = models.CharField(max_length=300, blank=True)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ("card", "position")
        constraints = (
            models.UniqueConstraint(fields=("card", "position"), name="validation_observation_position_once"),
            models.CheckConstraint(
                condition=Q(arm__in=("", "control", "new")), name="validation_observation_arm_known"
            ),
            models.CheckConstraint(
                condition=Q(answered_by__in=("self", "together", "helper")),
                name="validation_observation_answerer_known",
            ),
            models.CheckConstraint(
                condition=Q(struck_at=None) | ~Q(struck_reason=""), name="validation_observation_struck_with_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.card} {self.position}"


class Reading(Audited):
    """What the engine said after an observation. With the locked design and the observations it can be recomputed."""

    card = models.ForeignKey(TestCard, on_delete=models.PROTECT, related_name="readings")
    at = models.DateTimeField(auto_now_add=True)
    verdict = models.CharField(max_length=10)
    result = models.JSONField()
    engine_version = models.PositiveIntegerField()
    inputs_digest = models.CharField(max_length=64)
    state = models.TextField(editable=False)  # of the engine, so that the next observation is all it has to read

    class Meta:
        ordering = ("card", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(verdict__in=("SUPPORTED", "REFUTED", "FUTILE", "CONTINUE")), name="validation_verdict_known"
            ),
            models.UniqueConstraint(
                fields=("card",), condition=~Q(verdict="CONTINUE"), name="validation_one_verdict_per_test"
            ),
        )

    def __str__(self) -> str:
        return self.verdict


class Deviation(Audited):
    """Something went otherwise than the locked card said. Records what was known of the results by then."""

    class Seen(models.TextChoices):
        """Whether results had been seen."""

        NO = "no", _("no")
        PARTLY = "partly", _("partly")
        YES = "yes", _("yes")

    card = models.ForeignKey(TestCard, on_delete=models.PROTECT, related_name="deviations")
    what = models.CharField(_("what went otherwise?"), max_length=500)
    reason = models.CharField(_("why?"), max_length=500)
    results_seen = models.CharField(_("had you seen results by then?"), max_length=6, choices=Seen.choices)
    observations = models.PositiveIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    request_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(results_seen__in=("no", "partly", "yes")), name="validation_results_seen_known"
            ),
            models.CheckConstraint(condition=~Q(what="") & ~Q(reason=""), name="validation_deviation_explained"),
        )

    def __str__(self) -> str:
        return self.what
