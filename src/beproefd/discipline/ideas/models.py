# SPDX-License-Identifier: EUPL-1.2
"""Ideas, their versions, their teams and where they came from."""

import uuid
from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from beproefd.discipline.challenges.models import Challenge, Stimulus
from beproefd.ground.audit.models import Audited


class IdeaState(models.TextChoices):
    """The life of an idea until the jury's decision."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Handed in")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    MERGED = "merged", _("Merged into another idea")
    PIVOT = "pivot", _("Came from another idea in the follow-up")


NEXT_IDEA_STATES = {
    IdeaState.DRAFT: {IdeaState.SUBMITTED, IdeaState.WITHDRAWN},
    IdeaState.SUBMITTED: {IdeaState.WITHDRAWN, IdeaState.MERGED},
    IdeaState.WITHDRAWN: set(),
    IdeaState.MERGED: set(),
    IdeaState.PIVOT: set(),  # never in the field of the jury
}


class Idea(Audited):
    """An idea for a challenge. What it says stands in its versions; `reference` is how people and lots name it."""

    class Channel(models.TextChoices):
        """How it came in."""

        ONLINE = "online", _("Online form")
        PAPER = "paper", _("On paper, typed in by the programme")
        SPOKEN = "spoken", _("Spoken, written down by the programme")
        IMPORT = "import", _("From a file")

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="ideas")
    reference = models.CharField(max_length=12)
    state = models.CharField(max_length=10, choices=IdeaState.choices, default=IdeaState.DRAFT)
    channel = models.CharField(_("came in"), max_length=8, choices=Channel.choices, default=Channel.ONLINE)
    channel_note = models.CharField(
        _("who told it, where and when"), max_length=300, blank=True, help_text=_("For a paper or spoken idea.")
    )
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_from")
    merge_reason = models.CharField(max_length=500, blank=True)
    correction_reason = models.CharField(max_length=500, blank=True)
    withdraw_reason = models.CharField(max_length=500, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    request_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    import_key = models.CharField(max_length=64, blank=True)
    pivot_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="pivots")
    coach = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="coached"
    )
    followed_up_at = models.DateTimeField(null=True, blank=True)
    follow_up_ended_at = models.DateTimeField(null=True, blank=True)
    sparks = models.ManyToManyField(Stimulus, blank=True, related_name="sparked", verbose_name=_("sparked by"))
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("challenge", "reference")
        constraints = (
            models.UniqueConstraint(fields=("challenge", "reference"), name="ideas_reference_once"),
            models.CheckConstraint(condition=Q(state__in=IdeaState.values), name="ideas_state_known"),
            models.CheckConstraint(
                condition=Q(channel__in=("online", "paper", "spoken", "import")), name="ideas_channel_known"
            ),
            models.UniqueConstraint(
                fields=("challenge", "import_key"), condition=~Q(import_key=""), name="ideas_imported_once"
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="ideas_merged_has_target",
            ),
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(submitted_at__isnull=False), name="ideas_submitted_has_time"
            ),
            models.CheckConstraint(
                condition=Q(state="pivot", pivot_of__isnull=False) | (~Q(state="pivot") & Q(pivot_of__isnull=True)),
                name="ideas_pivot_has_parent",
            ),
            models.CheckConstraint(
                condition=Q(followed_up_at=None) | Q(coach__isnull=False), name="ideas_follow_up_has_coach"
            ),
            models.CheckConstraint(
                condition=Q(follow_up_ended_at=None) | Q(followed_up_at__isnull=False),
                name="ideas_follow_up_ends_after_it_began",
            ),
        )

    def __str__(self) -> str:
        return self.reference

    @cached_property
    def current(self) -> "IdeaVersion":
        """The newest version; lists prefetch it as `newest` (queries.py)."""
        newest: list[IdeaVersion] = getattr(self, "newest", [])
        return newest[0] if newest else self.versions.order_by("-number")[0]

    @property
    def title(self) -> str:
        """The title as it stands."""
        return self.current.title

    @property
    def is_followed_up(self) -> bool:
        """Whether a team works it out now (step 3)."""
        return self.followed_up_at is not None and self.follow_up_ended_at is None

    @property
    def owners(self) -> "list[TeamMember]":
        """The members who may change and hand in the idea."""
        return [member for member in self.members.all() if member.is_owner]


class IdeaVersion(Audited):
    """What an idea said at one moment. Never changed: a change is a new version, and a score belongs to one."""

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(_("title"), max_length=120)
    problem = models.CharField(
        _("problem"), max_length=2000, blank=True, help_text=_("What goes wrong now, and for whom?")
    )
    solution = models.CharField(_("idea"), max_length=3000, blank=True, help_text=_("What will you do? Say it simply."))
    value = models.CharField(
        _("value"), max_length=2000, blank=True, help_text=_("What gets better for residents? How will you see that?")
    )
    building_blocks = models.CharField(
        _("existing building blocks"),
        max_length=2000,
        blank=True,
        help_text=_(
            "Which existing services, products or partners do you combine? A strong new mix counts in your favour."
        ),
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("idea", "number")
        constraints = (models.UniqueConstraint(fields=("idea", "number"), name="ideas_version_number_once"),)

    def __str__(self) -> str:
        return self.title

    @property
    def text(self) -> str:
        """Everything it says, for comparing."""
        return " ".join(getattr(self, name) for name in VERSION_FIELDS)


VERSION_FIELDS = ("title", "problem", "solution", "value", "building_blocks")


class TeamMember(Audited):
    """Someone in the team of an idea. `via` names the idea a member came from when ideas were merged."""

    class Kind(models.TextChoices):
        """The kind of organisation: a mixed team is the point of the case."""

        MUNICIPALITY = "municipality", _("Municipality")
        COMPANY = "company", _("Company")
        KNOWLEDGE = "knowledge", _("Knowledge institute")
        STARTUP = "startup", _("Start-up")
        RESIDENT = "resident", _("Resident")

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships"
    )
    name = models.CharField(_("name"), max_length=120)
    organisation = models.CharField(_("organisation"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    is_owner = models.BooleanField(_("may change and hand in"), default=False)
    via = models.ForeignKey(Idea, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-is_owner", "pk")
        constraints = (
            models.UniqueConstraint(fields=("idea", "user"), condition=Q(user__isnull=False), name="ideas_member_once"),
            models.UniqueConstraint(
                fields=("idea", "name", "organisation"), condition=Q(user__isnull=True), name="ideas_named_member_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("municipality", "company", "knowledge", "startup", "resident")),
                name="ideas_member_kind_known",
            ),
        )

    def __str__(self) -> str:
        return self.name


class TeamInvitation(Audited):
    """Someone is asked into the team of an idea, and is in it only after accepting.

    `version` is what the inviter told: the title as it stood. The address is kept only while the answer is awaited;
    of an invitation that was taken back nothing about the person stays.
    """

    class Answer(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", _("Not answered yet")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Taken back")

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="invitations")
    version = models.ForeignKey(IdeaVersion, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    organisation = models.CharField(_("organisation"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=TeamMember.Kind.choices)
    is_owner = models.BooleanField(_("may change and hand in"), default=False)
    email = models.EmailField(_("e-mail address"), blank=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    answer = models.CharField(max_length=9, choices=Answer.choices, default=Answer.WAITING)
    answered_at = models.DateTimeField(null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations"
    )

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("idea", "email"), condition=Q(answer="waiting"), name="ideas_invitation_waits_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("municipality", "company", "knowledge", "startup", "resident")),
                name="ideas_invitation_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(answer__in=("waiting", "accepted", "declined", "withdrawn")),
                name="ideas_invitation_answer_known",
            ),
            models.CheckConstraint(
                condition=(Q(answer="waiting", answered_at=None, user=None) & ~Q(email="") & ~Q(name=""))
                | Q(answer__in=("accepted", "declined"), answered_at__isnull=False, user__isnull=False, email="")
                | Q(answer="withdrawn", answered_at__isnull=False, user=None, email="", name="", organisation=""),
                name="ideas_invitation_keeps_no_more_than_its_answer_needs",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def waits(self) -> bool:
        """Whether it can still be answered or taken back."""
        return self.answer == self.Answer.WAITING
