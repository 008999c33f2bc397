# SPDX-License-Identifier: EUPL-1.2
"""How to use each skill in daily work (lesson 3)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import Skill


@dataclass(frozen=True)
class SkillCard:
    """What it is, and one thing to do this week."""

    skill: Skill
    about: str | Promise
    this_week: str | Promise


CARDS = (
    SkillCard(
        Skill.WIDER,
        _("Look for someone who solved this elsewhere, in another city or another trade."),
        _("This week: before a meeting, find one example from outside your own field and tell it in one minute."),
    ),
    SkillCard(
        Skill.UNUSUAL,
        _("Talk with someone you would not think of first: a shopkeeper, a sports club, a bank."),
        _("This week: have coffee with someone from an organisation your department never works with."),
    ),
    SkillCard(
        Skill.NETWORK,
        _("Ask the people you know who they know. One question is often enough."),
        _("This week: ask three colleagues “who should I talk to about this?” and call one of those people."),
    ),
    SkillCard(
        Skill.DARING,
        _("Do the first small thing before everyone agrees. Tell what you do, and why."),
        _("This week: start with one thing that you have been putting off, in a form that you can undo."),
    ),
    SkillCard(
        Skill.ASKING,
        _("Ask the people it is for. Let them show what they do, not only say what they think."),
        _("This week: show a draft of a letter to one resident, and watch where they stop reading."),
    ),
    SkillCard(
        Skill.SMALL,
        _("Make it so small that you can try it tomorrow: on paper, with one person, for one hour."),
        _("This week: cut your plan until the first step fits in one day."),
    ),
    SkillCard(
        Skill.EVIDENCE,
        _("Say beforehand what would change your mind. Then look, and do what you said."),
        _("This week: write above a decision “we do this because we saw that ...”. Cannot finish it? Look first."),
    ),
    SkillCard(
        Skill.STOPPING,
        _("Stop with what does not work, and say what you learned. That makes room for what does."),
        _("This week: name one meeting, report or habit that nobody would miss. Stop with it for a month."),
    ),
)
