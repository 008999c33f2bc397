# SPDX-License-Identifier: EUPL-1.2
"""A team asks for a gate; named people review the dossier; someone of the programme decides."""

import json
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.juries.models import Interest
from beproefd.ground.audit.models import Audited

from ..levels import GATES, Gate, gate_of


class Outcome(models.TextChoices):
    """What a review or a decision says."""

    GO = "go", _("Go on")
    ADJUST = "adjust", _("Adjust first")
    STOP = "stop", _("Stop")


OUTCOMES = ("go", "adjust", "stop")
WAITING = Q(decided_at=None, idea__follow_up_ended_at=None)
"""`GateRequest.is_open`, for a query."""


class GateRequest(Audited):
    """A team asks to pass a gate. The dossier is what was known at that moment; it can be shown years later."""

    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="gate_requests")
    number = models.PositiveIntegerField()
    gate = models.CharField(_("gate"), max_length=12, choices=[(gate.key, gate.name) for gate in GATES])
    plan = models.CharField(
        _("what will you do after this gate?"),
        max_length=1500,
        help_text=_("Say it simply: what, where, with how many people."),
    )
    budget_cents = models.PositiveBigIntegerField(_("money asked"), default=0)
    dossier = models.TextField(editable=False)
    dossier_digest = models.CharField(max_length=64, editable=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    request_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ("idea", "-number")
        constraints = (
            models.UniqueConstraint(fields=("idea", "number"), name="portfolio_request_number_once"),
            models.UniqueConstraint(
                fields=("idea",), condition=Q(decided_at=None), name="portfolio_one_open_request_per_idea"
            ),
            models.CheckConstraint(
                condition=Q(gate__in=("work_out", "small_trial", "wider_trial", "adopt")), name="portfolio_gate_known"
            ),
            models.CheckConstraint(
                condition=~Q(dossier="") & ~Q(dossier_digest=""), name="portfolio_request_has_dossier"
            ),
            models.CheckConstraint(condition=Q(budget_cents__lte=10_000_000_000), name="portfolio_budget_bearable"),
        )

    def __str__(self) -> str:
        return f"{self.idea} {self.number}"

    @property
    def at(self) -> Gate:
        """The gate it is about."""
        return gate_of(self.gate)

    @property
    def known(self) -> dict[str, Any]:
        """The dossier as plain values."""
        plain: dict[str, Any] = json.loads(self.dossier)
        return plain

    @property
    def level(self) -> int:
        """The level of evidence by the dossier."""
        return int(self.known["level"])

    @property
    def level_met(self) -> bool:
        """Whether the dossier reaches what the gate asks."""
        return self.level >= int(self.known["level_asked"])

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided yet, and the team still works on the idea."""
        return self.decided_at is None and self.idea.is_followed_up

    @property
    def is_lapsed(self) -> bool:
        """Ended without a decision: the team stopped, or went on with another idea, before there was one."""
        return self.decided_at is None and not self.idea.is_followed_up


class Reviewer(Audited):
    """A named person who looks at a request. Name and organisation are kept as they were."""

    request = models.ForeignKey(GateRequest, on_delete=models.PROTECT, related_name="reviewers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="gate_seats")
    name = models.CharField(max_length=120)
    organisation = models.CharField(max_length=120, blank=True)
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField(auto_now_add=True)
    declared_free = models.BooleanField(null=True, blank=True)
    declared_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(fields=("request", "user"), name="portfolio_reviewer_once"),
            models.CheckConstraint(
                condition=Q(declared_free=None, declared_at=None)
                | Q(declared_free__isnull=False, declared_at__isnull=False),
                name="portfolio_declaration_has_time",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        """Whether this person still reviews."""
        return self.withdrawn_at is None


class Tie(Audited):
    """What may bind a person to an idea at its gates (Awb 2:4), beside the ties that the jury knew."""

    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="gate_ties")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="gate_ties")
    kind = models.CharField(_("kind"), max_length=12, choices=Interest.Kind.choices)
    is_suggested = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Interest.Status.choices, default=Interest.Status.CONFIRMED)
    note = models.CharField(_("explanation"), max_length=500, blank=True)
    decision_reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("idea", "user__name", "kind")
        constraints = (
            models.UniqueConstraint(fields=("idea", "user", "kind"), name="portfolio_tie_once"),
            models.CheckConstraint(
                condition=Q(kind__in=("own_team", "organisation", "financial", "personal", "competing")),
                name="portfolio_tie_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("open", "confirmed", "dismissed")), name="portfolio_tie_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status="dismissed") | (~Q(decision_reason="") & Q(decided_by__isnull=False)),
                name="portfolio_tie_dismissal_has_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} {self.kind} {self.idea}"


class Judged(Audited):
    """What a review and a decision have in common. Written once."""

    outcome = models.CharField(_("outcome"), max_length=6, choices=Outcome.choices)
    reasons = models.CharField(_("reasons"), max_length=2000)
    level_met = models.BooleanField(editable=False)
    exception_reason = models.CharField(
        _("why go on although the evidence is below the level this gate asks?"), max_length=1000, blank=True
    )
    at = models.DateTimeField(auto_now_add=True)
    request_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True
        constraints = (
            models.CheckConstraint(condition=Q(outcome__in=OUTCOMES), name="%(app_label)s_%(class)s_outcome_known"),
            models.CheckConstraint(condition=~Q(reasons=""), name="%(app_label)s_%(class)s_has_reasons"),
            models.CheckConstraint(
                condition=~Q(outcome="go", level_met=False, exception_reason=""),
                name="%(app_label)s_%(class)s_exception_has_reason",
            ),
        )

    @property
    def is_exception(self) -> bool:
        """Whether it lets an idea go on below the level that the gate asks."""
        return self.outcome == Outcome.GO and not self.level_met


class Review(Judged):
    """What one reviewer says of a request. A reviewer who steps back later leaves it as a trace; it counts nowhere."""

    reviewer = models.OneToOneField(Reviewer, on_delete=models.PROTECT, related_name="review")

    class Meta(Judged.Meta):
        ordering = ("reviewer__name", "pk")

    def __str__(self) -> str:
        return f"{self.reviewer}: {self.outcome}"


class Decision(Judged):
    """The end of a request: what the team hears, with the names of who reviewed (no secret jury: ECLI:NL:RVS:2021:2439)."""

    request = models.OneToOneField(GateRequest, on_delete=models.PROTECT, related_name="decision")
    reviewers = models.CharField(max_length=1000)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta(Judged.Meta):
        ordering = ("request",)

    def __str__(self) -> str:
        return f"{self.request}: {self.outcome}"
