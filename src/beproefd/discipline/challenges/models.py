# SPDX-License-Identifier: EUPL-1.2
"""The challenge with its versioned canvas, the stimuli, and the criteria with their lock."""

import uuid
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from beproefd.ground.audit.chain import canonical, sha256
from beproefd.ground.audit.models import Audited


class Phase(models.TextChoices):
    """Where a challenge stands in the process of the case."""

    PREPARING = "preparing", _("Being prepared")
    INTAKE = "intake", _("Open for ideas")
    JURY = "jury", _("With the jury")
    DECIDED = "decided", _("Decided")


NEXT_PHASES = {
    Phase.PREPARING: {Phase.INTAKE},
    Phase.INTAKE: {Phase.JURY},
    Phase.JURY: {Phase.DECIDED},
    Phase.DECIDED: set(),
}


class Challenge(Audited):
    """A mission a city puts to outsiders and insiders. What it says stands in its canvas versions."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=120)
    phase = models.CharField(max_length=12, choices=Phase.choices, default=Phase.PREPARING)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    intake_opened_at = models.DateTimeField(null=True, blank=True)
    intake_closed_at = models.DateTimeField(null=True, blank=True)
    closing_reason = models.CharField(max_length=500, blank=True)
    request_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("-created_at",)
        constraints = (models.CheckConstraint(condition=Q(phase__in=Phase.values), name="challenges_phase_known"),)

    def __str__(self) -> str:
        return self.title

    @cached_property
    def canvas(self) -> "CanvasVersion | None":
        """The canvas as it stands: its newest version."""
        return self.canvas_versions.order_by("-number").first()

    @property
    def deadline(self) -> datetime | None:
        """The moment intake ends, or ended: closing early moves it to the moment of closing."""
        planned = self.canvas.intake_deadline if self.canvas else None
        return min((moment for moment in (planned, self.intake_closed_at) if moment), default=None)

    @property
    def takes_ideas(self) -> bool:
        """Whether ideas can be handed in now."""
        return self.phase == Phase.INTAKE and (self.deadline is None or timezone.now() < self.deadline)

    @property
    def is_sealed(self) -> bool:
        """Whether ideas are still hidden from everyone but their own team."""
        return self.phase == Phase.PREPARING or self.takes_ideas


class CanvasVersion(Audited):
    """One version of the challenge canvas; a change is a new version."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="canvas_versions")
    number = models.PositiveIntegerField()
    mission = models.CharField(
        _("mission"), max_length=400, blank=True, help_text=_("A question that starts with “How can we ...”.")
    )
    target_group = models.CharField(
        _("target group"),
        max_length=600,
        blank=True,
        help_text=_("Who is it about? Where do they live, what do they meet?"),
    )
    target_number = models.PositiveIntegerField(_("how many people or households"), null=True, blank=True)
    target_number_source = models.CharField(_("source of that number"), max_length=300, blank=True)
    target_number_date = models.DateField(_("date of that number"), null=True, blank=True)
    outcome_words = models.JSONField(
        _("outcomes"),
        default=list,
        blank=True,
        help_text=_("What should grow? For example autonomy, involvement, competence."),
    )
    areas = models.CharField(
        _("neighbourhoods where we work"),
        max_length=1000,
        blank=True,
        help_text=_("One on each line. The board shows where nobody was heard yet."),
    )
    out_of_scope = models.CharField(_("out of scope"), max_length=1000, blank=True)
    owner = models.CharField(
        _("owner"), max_length=120, blank=True, help_text=_("Who is answerable for this challenge?")
    )
    mandate = models.CharField(
        _("mandate"), max_length=1000, blank=True, help_text=_("What may the owner decide, with which money?")
    )
    intake_opens = models.DateField(_("ideas from"), null=True, blank=True)
    intake_deadline = models.DateTimeField(_("deadline for ideas"), null=True, blank=True)
    jury_until = models.DateField(_("jury scores until"), null=True, blank=True)
    decision_on = models.DateField(_("decision on"), null=True, blank=True)
    follow_up_until = models.DateField(_("winning teams work until"), null=True, blank=True)
    change_reason = models.CharField(_("why this change"), max_length=300, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("challenge", "number")
        constraints = (
            models.UniqueConstraint(fields=("challenge", "number"), name="challenges_canvas_number_once"),
            models.CheckConstraint(
                condition=Q(decision_on__isnull=True)
                | Q(jury_until__isnull=True)
                | Q(decision_on__gte=F("jury_until")),
                name="challenges_decision_not_before_jury",
            ),
        )

    def __str__(self) -> str:
        return f"{self.challenge} v{self.number}"

    @property
    def area_names(self) -> list[str]:
        """The neighbourhoods, each once."""
        return list(dict.fromkeys(line.strip() for line in self.areas.splitlines() if line.strip()))


def _stamp(row: models.Model, names: tuple[str, ...]) -> str:
    return sha256(canonical([getattr(row, name) for name in names]))


STIMULUS_FIELDS = ("kind", "title", "body", "source", "source_url", "source_date")
DECISION_RULES = ("scale_min", "scale_max", "quorum", "winners", "tie_break")


class Stimulus(Audited):
    """A card from outside that can spark an idea: always with its source."""

    class Kind(models.TextChoices):
        """What is on the card."""

        CASE = "case", _("Case")
        FIGURE = "figure", _("Figure")
        QUOTE = "quote", _("Quote")
        TECHNOLOGY = "technology", _("Technology")
        EXISTING = "existing", _("Existing means")
        LESSON = "lesson", _("Lesson")

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="stimuli")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=120)
    body = models.CharField(_("text"), max_length=1000)
    source = models.CharField(_("source"), max_length=300, help_text=_("Who says so, and where?"))
    source_url = models.URLField(_("web address of the source"), max_length=400, blank=True)
    source_date = models.DateField(_("date of the source"), null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    request_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("kind", "title", "pk")
        constraints = (
            models.CheckConstraint(condition=~Q(source=""), name="challenges_stimulus_has_source"),
            models.CheckConstraint(
                condition=Q(kind__in=("case", "figure", "quote", "technology", "existing", "lesson")),
                name="challenges_stimulus_kind_known",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def stamp(self) -> str:
        """A digest of what it says. A form carries it, so that a save over someone else's change is refused."""
        return _stamp(self, STIMULUS_FIELDS)


class CriteriaState(models.TextChoices):
    """The life of a set of criteria."""

    DRAFT = "draft", _("Draft")
    LOCKED = "locked", pgettext_lazy("criteria", "Locked")
    IN_USE = "in_use", _("Locked and used for scores")
    REPLACED = "replaced", _("Replaced by a newer version")
    VOIDED = "voided", _("Void, with its jury round")


NEXT_CRITERIA_STATES = {
    CriteriaState.DRAFT: {CriteriaState.LOCKED},
    CriteriaState.LOCKED: {CriteriaState.IN_USE, CriteriaState.REPLACED},
    CriteriaState.IN_USE: {CriteriaState.VOIDED},
    CriteriaState.VOIDED: set(),
    CriteriaState.REPLACED: set(),
}
IN_FORCE = (CriteriaState.LOCKED, CriteriaState.IN_USE)


class CriteriaSet(Audited):
    """Criteria, scale and rules of the decision, fixed together.

    Once locked, `canonical` is the published document and `fingerprint` its SHA-256; everything that follows reads that
    document (`rulebook`), so an edited row below it changes nothing.
    """

    AUDIT_WITH = ("criteria",)

    class TieBreak(models.TextChoices):
        """What decides between ideas with the same score."""

        LOTTERY = "lottery", _("Draw lots")
        HEAVIEST = "heaviest", _("The score on the heaviest criterion, then draw lots")

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="criteria_sets")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=CriteriaState.choices, default=CriteriaState.DRAFT)
    reason = models.CharField(_("why a new version"), max_length=500, blank=True)
    scale_min = models.PositiveSmallIntegerField(_("lowest score"), default=1)
    scale_max = models.PositiveSmallIntegerField(_("highest score"), default=5)
    quorum = models.PositiveSmallIntegerField(
        _("quorum"), default=3, help_text=_("How many jury members must have judged each idea?")
    )
    winners = models.PositiveSmallIntegerField(_("number of winners"), default=3)
    tie_break = models.CharField(
        _("with equal scores"), max_length=10, choices=TieBreak.choices, default=TieBreak.LOTTERY
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    locked_at = models.DateTimeField(null=True, blank=True)
    canonical = models.TextField(blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    lottery_seed = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("challenge", "version")
        constraints = (
            models.UniqueConstraint(fields=("challenge", "version"), name="challenges_criteria_version_once"),
            models.CheckConstraint(condition=Q(state__in=CriteriaState.values), name="challenges_criteria_state_known"),
            models.CheckConstraint(
                condition=Q(tie_break__in=("lottery", "heaviest")), name="challenges_tie_break_known"
            ),
            models.UniqueConstraint(
                fields=("challenge",), condition=Q(state="draft"), name="challenges_one_draft_of_criteria"
            ),
            models.UniqueConstraint(
                fields=("challenge",),
                condition=Q(state__in=("locked", "in_use")),
                name="challenges_one_criteria_in_force",
            ),
            models.CheckConstraint(condition=Q(scale_max__gt=F("scale_min")), name="challenges_scale_goes_up"),
            models.CheckConstraint(condition=Q(scale_max__lte=10), name="challenges_scale_at_most_ten"),
            models.CheckConstraint(condition=Q(winners__gte=1, quorum__gte=1), name="challenges_a_winner_and_a_juror"),
            models.CheckConstraint(
                condition=Q(state="draft") | (~Q(canonical="") & ~Q(fingerprint="") & Q(locked_at__isnull=False)),
                name="challenges_locked_means_published",
            ),
        )

    def __str__(self) -> str:
        return f"{self.challenge} v{self.version}"

    @property
    def stamp(self) -> str:
        """A digest of the decision rules (compare Stimulus.stamp)."""
        return _stamp(self, DECISION_RULES)

    @property
    def is_locked(self) -> bool:
        """Whether it was ever published."""
        return self.state != CriteriaState.DRAFT

    @property
    def scale(self) -> range:
        """Every score the scale allows, lowest first."""
        return range(self.scale_min, self.scale_max + 1)


class Criterion(models.Model):
    """One criterion of a set. Belongs to the digest of its set."""

    class Kind(models.TextChoices):
        """How it counts."""

        KNOCK_OUT = "knock_out", _("Knock-out: yes or no")
        WEIGHTED = "weighted", _("Weighted: a score")

    criteria_set = models.ForeignKey(CriteriaSet, on_delete=models.CASCADE, related_name="criteria")
    key = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.WEIGHTED)
    name = models.CharField(_("name"), max_length=80)
    question = models.CharField(_("question to the jury"), max_length=300)
    weight = models.PositiveSmallIntegerField(_("weight"), default=0, help_text=_("Together the weights make 100."))
    anchors = models.JSONField(default=dict)

    class Meta:
        ordering = ("criteria_set", "position", "pk")
        constraints = (
            models.UniqueConstraint(fields=("criteria_set", "key"), name="challenges_criterion_key_once"),
            models.CheckConstraint(
                condition=Q(kind__in=("knock_out", "weighted")), name="challenges_criterion_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="knock_out", weight=0) | Q(kind="weighted", weight__gte=1, weight__lte=100),
                name="challenges_weight_fits_kind",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def stamp(self) -> str:
        """A digest of what it says (compare Stimulus.stamp)."""
        return _stamp(self, ("kind", "name", "question", "weight", "anchors"))
