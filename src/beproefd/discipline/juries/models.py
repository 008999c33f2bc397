# SPDX-License-Identifier: EUPL-1.2
"""A jury round: seats, interests, assignments, assessments, deliberation and the decision."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from beproefd.discipline.challenges import rulebook
from beproefd.discipline.challenges.models import Challenge, CriteriaSet
from beproefd.discipline.ideas.models import Idea, IdeaVersion
from beproefd.ground.audit.models import Audited


class RoundState(models.TextChoices):
    """The life of a jury round."""

    PREPARING = "preparing", _("Jury being prepared")
    SCORING = "scoring", _("Jury members judge on their own")
    DELIBERATION = "deliberation", _("Jury deliberates together")
    DECIDED = "decided", _("Decided")
    VOID = "void", pgettext_lazy("jury round", "Void")


NEXT_ROUND_STATES = {
    RoundState.PREPARING: {RoundState.SCORING, RoundState.VOID},
    RoundState.SCORING: {RoundState.DELIBERATION, RoundState.VOID},
    RoundState.DELIBERATION: {RoundState.DECIDED, RoundState.VOID},
    RoundState.DECIDED: set(),
    RoundState.VOID: set(),
}


class Round(Audited):
    """One go of a jury at the ideas of a challenge, by one locked set of criteria."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveIntegerField()
    criteria_set = models.ForeignKey(CriteriaSet, on_delete=models.PROTECT, related_name="rounds")
    state = models.CharField(max_length=12, choices=RoundState.choices, default=RoundState.PREPARING)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    scoring_opened_at = models.DateTimeField(null=True, blank=True)
    scoring_closed_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    void_reason = models.CharField(max_length=500, blank=True)
    package = models.TextField(blank=True)
    signature = models.CharField(max_length=200, blank=True)
    public_key = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("challenge", "-number")
        constraints = (
            models.UniqueConstraint(fields=("challenge", "number"), name="juries_round_number_once"),
            models.CheckConstraint(condition=Q(state__in=RoundState.values), name="juries_round_state_known"),
            models.UniqueConstraint(
                fields=("challenge",), condition=~Q(state="void"), name="juries_one_round_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="decided") | (~Q(package="") & ~Q(signature="") & Q(decided_at__isnull=False)),
                name="juries_decided_means_signed",
            ),
            models.CheckConstraint(condition=~Q(state="void") | ~Q(void_reason=""), name="juries_void_has_reason"),
        )

    def __str__(self) -> str:
        return f"{self.challenge} {self.number}"

    @property
    def rules(self) -> rulebook.Rulebook:
        """The locked criteria, read from the published document."""
        return rulebook.parse(self.criteria_set.canonical)

    @property
    def takes_scores(self) -> bool:
        """Whether an assessment can be saved. In deliberation too: an alternate may come in after a late recusal."""
        return self.state in {RoundState.SCORING, RoundState.DELIBERATION}


class Seat(Audited):
    """A named place in the jury. Name and organisation are kept as they were: they go into the decision.

    Not active is an alternate who waits, or with a `left_reason` someone who left: what they handed in still counts.
    """

    class Kind(models.TextChoices):
        """Who sits there."""

        MEMBER = "member", _("Jury member")
        EXPERIENCE = "experience", _("Expert by experience")
        ALTERNATE = "alternate", _("Alternate")

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="seats")
    name = models.CharField(max_length=120)
    organisation = models.CharField(_("organisation"), max_length=120, blank=True)
    expertise = models.CharField(_("expertise"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.MEMBER)
    is_active = models.BooleanField(default=True)
    left_reason = models.CharField(max_length=500, blank=True, default="")
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(fields=("round", "user"), name="juries_one_seat_each"),
            models.CheckConstraint(
                condition=Q(kind__in=("member", "experience", "alternate")), name="juries_seat_kind_known"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Interest(Audited):
    """Something that may bind a person to an idea. Open and confirmed ones block everything about that idea."""

    class Kind(models.TextChoices):
        """The kinds of Awb 2:4 practice."""

        OWN_TEAM = "own_team", _("In the team of this idea")
        ORGANISATION = "organisation", _("Same organisation as a team member")
        FINANCIAL = "financial", _("Financial interest")
        PERSONAL = "personal", _("Family, friend or other personal tie")
        COMPETING = "competing", _("In the team of a competing idea")

    class Status(models.TextChoices):
        """What was decided about it."""

        OPEN = "open", _("Suggested, not yet decided")
        CONFIRMED = "confirmed", _("Confirmed")
        DISMISSED = "dismissed", _("Does not bind")

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="interests")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="interests")
    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="interests")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    is_suggested = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CONFIRMED)
    note = models.CharField(_("explanation"), max_length=500, blank=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decision_reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_late = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("round", "user__name", "idea__reference", "kind")
        constraints = (
            models.UniqueConstraint(fields=("round", "user", "idea", "kind"), name="juries_interest_once"),
            models.CheckConstraint(
                condition=Q(kind__in=("own_team", "organisation", "financial", "personal", "competing")),
                name="juries_interest_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("open", "confirmed", "dismissed")), name="juries_interest_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status="dismissed") | ~Q(decision_reason=""), name="juries_dismissal_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(status="dismissed", kind__in=("own_team", "competing")), name="juries_team_always_binds"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} {self.kind} {self.idea}"

    @property
    def is_own_word(self) -> bool:
        """Whether the person declared it, before reading the idea or later."""
        return self.noted_by_id == self.user_id

    @property
    def can_be_taken_back(self) -> bool:
        """Whether who runs the jury may still say that it does not bind."""
        return self.status != self.Status.DISMISSED and self.kind not in ALWAYS_BINDS and not self.is_own_word


BLOCKING = (Interest.Status.OPEN, Interest.Status.CONFIRMED)
ALWAYS_BINDS = (Interest.Kind.OWN_TEAM, Interest.Kind.COMPETING)


class Assignment(Audited):
    """A seat judges an idea. Withdrawn after a recusal; the trace stays."""

    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="assignments")
    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="assignments")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("seat", "idea__reference")
        constraints = (models.UniqueConstraint(fields=("seat", "idea"), name="juries_assigned_once"),)

    def __str__(self) -> str:
        return f"{self.seat} {self.idea}"


class Declaration(Audited):
    """A jury member's word, before the idea opens: nothing binds me (`free`), or something does."""

    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="declarations")
    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="declarations")
    free = models.BooleanField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("seat", "idea"), name="juries_declared_once"),)

    def __str__(self) -> str:
        return f"{self.seat} {self.idea} {self.free}"


class Assessment(Audited):
    """What one jury member says of one version of an idea."""

    AUDIT_WITH = ("scores",)

    class State(models.TextChoices):
        """A draft is the juror's own; a void one stays as a trace and counts nowhere."""

        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Handed in")
        VOID = "void", pgettext_lazy("assessment", "Void")

    class Confidence(models.IntegerChoices):
        """How sure the juror says to be."""

        UNSURE = 1, _("Unsure")
        FAIRLY = 2, _("Fairly sure")
        SURE = 3, _("Sure")

    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="assessments")
    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="assessments")
    version = models.ForeignKey(IdeaVersion, on_delete=models.PROTECT, related_name="assessments")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    confidence = models.PositiveSmallIntegerField(
        _("how sure are you?"), choices=Confidence.choices, null=True, blank=True
    )
    revision = models.PositiveIntegerField(default=0)
    submitted_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("seat", "idea"), condition=~Q(state="void"), name="juries_one_assessment_each"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "submitted", "void")), name="juries_assessment_state_known"
            ),
            models.CheckConstraint(
                condition=Q(confidence__isnull=True) | Q(confidence__in=(1, 2, 3)), name="juries_confidence_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(submitted_at__isnull=False, confidence__isnull=False),
                name="juries_submitted_is_complete",
            ),
        )

    def __str__(self) -> str:
        return f"{self.seat} {self.idea}"


class Score(models.Model):
    """A value on one criterion, with its reason. No value is an abstention: missing, never 0."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="scores")
    criterion = models.SlugField(max_length=40)
    value = models.PositiveSmallIntegerField(null=True, blank=True)
    abstained = models.BooleanField(default=False)
    reason = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ("assessment", "pk")
        constraints = (
            models.UniqueConstraint(fields=("assessment", "criterion"), name="juries_criterion_scored_once"),
            models.CheckConstraint(
                condition=Q(abstained=False) | Q(value__isnull=True), name="juries_abstention_has_no_value"
            ),
            models.CheckConstraint(condition=Q(value__isnull=True) | Q(value__lte=10), name="juries_score_at_most_ten"),
        )

    def __str__(self) -> str:
        return f"{self.criterion} {self.value}"


class ScoreChange(Audited):
    """A score changed in deliberation: both values and the reason stay."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="changes")
    criterion = models.SlugField(max_length=40)
    old_value = models.PositiveSmallIntegerField(null=True, blank=True)
    new_value = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=1000)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("at", "pk")
        constraints = (models.CheckConstraint(condition=~Q(reason=""), name="juries_change_has_reason"),)

    def __str__(self) -> str:
        return f"{self.criterion} {self.old_value} -> {self.new_value}"


class Dissent(Audited):
    """A jury member does not agree with the outcome and wants that noted."""

    seat = models.OneToOneField(Seat, on_delete=models.CASCADE, related_name="dissent")
    text = models.CharField(_("what you do not agree with, and why"), max_length=2000)
    is_named = models.BooleanField(_("put my name with it"), default=False)
    at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.text[:40]


class Answer(Audited):
    """The reasoned answer to one team. A round cannot close without one for every idea.

    `based_on` is the digest of the scores its writer saw (queries.basis_of): when these changed, it must be read again.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="answers")
    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="answers")
    text = models.CharField(_("answer to the team"), max_length=4000)
    revision = models.PositiveIntegerField(default=1)
    based_on = models.CharField(max_length=64, blank=True, default="")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("round", "idea"), name="juries_one_answer_each"),
            models.CheckConstraint(condition=~Q(text=""), name="juries_answer_says_something"),
        )

    def __str__(self) -> str:
        return self.text[:40]
