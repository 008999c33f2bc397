# SPDX-License-Identifier: EUPL-1.2
"""The two months, and the short cycles in it (lesson 5)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beproefd.discipline.ideas.models import Idea
from beproefd.ground.audit.models import Audited


class Track(Audited):
    """The time a team gets to work its idea out. What the team believes and tests belongs to the idea itself."""

    class State(models.TextChoices):
        """The life of a track."""

        PREPARING = "preparing", _("Being prepared")
        RUNNING = "running", _("Under way")
        PARKED = "parked", _("Parked")
        STOPPED = "stopped", _("Stopped")
        PIVOTED = "pivoted", _("Went on as another idea")
        FINISHED = "finished", _("Finished")

    idea = models.OneToOneField(Idea, on_delete=models.PROTECT, related_name="track")
    state = models.CharField(max_length=9, choices=State.choices, default=State.PREPARING)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    cycle_days = models.PositiveSmallIntegerField(
        _("days in a cycle"), default=14, help_text=_("One or two weeks: 7 to 14 days.")
    )
    has_access = models.BooleanField(_("we have a way to meet the target group"), default=False)
    knows_who_decides = models.BooleanField(_("we agreed who decides when we disagree"), default=False)
    started_at = models.DateTimeField(null=True, blank=True)
    early_reason = models.CharField(_("why start before everything is ready?"), max_length=500, blank=True)
    parked_on = models.DateField(null=True, blank=True)
    resume_reason = models.CharField(_("why go on now?"), max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    continues = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="continued_by"
    )
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ("-starts_on", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("preparing", "running", "parked", "stopped", "pivoted", "finished")),
                name="tracks_state_known",
            ),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="tracks_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(cycle_days__range=(7, 14)), name="tracks_cycle_of_7_to_14_days"),
            models.CheckConstraint(
                condition=Q(state="parked", parked_on__isnull=False) | (~Q(state="parked") & Q(parked_on=None)),
                name="tracks_parked_has_date",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("stopped", "pivoted", "finished"), ended_at__isnull=False)
                | (~Q(state__in=("stopped", "pivoted", "finished")) & Q(ended_at=None)),
                name="tracks_ended_has_time",
            ),
            models.CheckConstraint(
                condition=Q(started_at__isnull=False) | Q(state__in=("preparing", "stopped", "pivoted")),
                name="tracks_under_way_has_started",
            ),
        )

    def __str__(self) -> str:
        return str(self.idea)

    @property
    def is_open(self) -> bool:
        """Whether the team still works in it, or will."""
        return self.state in {self.State.PREPARING, self.State.RUNNING, self.State.PARKED}

    @property
    def is_running(self) -> bool:
        """Whether the team works in it now."""
        return self.state == self.State.RUNNING

    @property
    def days_left(self) -> int:
        """Days until the last day; 0 when it has passed."""
        return max(0, (self.ends_on - timezone.localdate()).days)


NEXT_STATES = {
    "preparing": {"running", "stopped", "pivoted"},
    "running": {"parked", "stopped", "pivoted", "finished"},
    "parked": {"running", "stopped", "pivoted"},
    "stopped": set[str](),
    "pivoted": set[str](),
    "finished": set[str](),
}


class Cycle(Audited):
    """One or two weeks with a goal. It ends with an answer and at least one learning card."""

    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="cycles")
    number = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    goal = models.CharField(
        _("what do we want to know at the end of this cycle?"), max_length=300, blank=True,
        help_text=_("One question. For example: do people dare to show their letters to a buddy?"),
    )  # fmt: skip
    answer = models.CharField(_("what do we know now?"), max_length=600, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("track", "number")
        constraints = (
            models.UniqueConstraint(fields=("track", "number"), name="tracks_cycle_number_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="tracks_cycle_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | (~Q(goal="") & ~Q(answer="") & Q(closed_by__isnull=False)),
                name="tracks_closed_cycle_is_answered",
            ),
        )

    def __str__(self) -> str:
        return str(self.number)

    @property
    def is_closed(self) -> bool:
        """Whether it was closed."""
        return self.closed_at is not None

    @property
    def has_begun(self) -> bool:
        """Whether its first day has come."""
        return self.starts_on <= timezone.localdate()

    @property
    def is_overdue(self) -> bool:
        """Its last day has passed and it is not closed."""
        return not self.is_closed and self.ends_on < timezone.localdate()
