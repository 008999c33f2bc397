# SPDX-License-Identifier: EUPL-1.2
"""The gates of one idea: for team and coach, for who reviews, and for who runs them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from beproefd.discipline.ideas.models import Idea
from beproefd.discipline.validation.models import CANVAS_FIELDS, Assumption, CanvasRevision, LearningCard, TestCard
from beproefd.discipline.validation.sentences import verdict_word
from beproefd.discipline.validation.views.entry import enter_work, page
from beproefd.ground.accounts.rules import require
from beproefd.ui.buttons import press, tried
from beproefd.ui.forms import ActionForm

from .. import actions
from ..forms import AskForm, JudgeForm, RecuseForm, ReviewerForm, TieForm
from ..levels import LADDER, SOURCES, Level, conditions, conditions_in, gate_of, level_of
from ..models import GateRequest, Reviewer, Tie
from ..queries import gates as queries
from ..queries.dossier import facts_of, open_critical, work_of
from ..rules import belongs_to, can_run_gates, can_run_request

WORDS = {"go": "ok", "adjust": "warning", "stop": "neutral"}


def enter(request: HttpRequest, slug: str, reference: str) -> Idea:
    """The idea, or 404 for who may not look at its gates."""
    idea = enter_work(request, slug, reference)
    return get_object_or_404(queries.visible_gates(request.user), pk=idea.pk)


def enter_request(request: HttpRequest, slug: str, reference: str, number: int) -> GateRequest:
    """The request, or 404."""
    found = queries.readable_request(request.user, slug, reference, number)
    if found is None:
        raise Http404
    return found


def room(request: HttpRequest, template: str, title: str, asked: GateRequest, **context: Any) -> HttpResponse:
    """A page about a request: in the room of the idea for who may enter it, else in a plain frame."""
    inside = queries.visible_gates(request.user).filter(pk=asked.idea_id).exists()
    frame = {"frame": "validation/room.html" if inside else "portfolio/reviewer.html", "asked": asked, "inside": inside}
    if inside:
        return page(request, template, title, asked.idea, **frame | context)
    context |= {"title": title, "idea": asked.idea, "challenge": asked.idea.challenge}
    return render(request, template, frame | context)


@require_safe
def overview(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """All gates, what is known now, and the requests."""
    idea = enter(request, slug, reference)
    asked = queries.requests_of(request.user, idea)
    lines = work_of(idea)
    facts = facts_of(idea, lines)
    level = level_of(facts)
    gates = queries.gate_lines(asked)
    ahead = next((line.gate for line in gates if line.is_next), None)
    return page(
        request,
        "portfolio/gates.html",
        _("Gates"),
        idea,
        gates=gates,
        requests=asked,
        may_ask=queries.may_ask(request.user, idea),
        runs=can_run_gates(request.user, idea),
        level=Level(level),
        ladder=LADDER[level],
        ladders=[(Level(key), *LADDER[key]) for key in LADDER if key],
        sources=SOURCES,
        conditions=[one for one in conditions(facts) if ahead is None or one.level <= ahead.level],
        open_critical=open_critical(lines),
        words=WORDS,
    )


def ask(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """A team or coach asks for the next gate."""
    idea = enter(request, slug, reference)
    form = AskForm(request.POST or None)
    if request.method != "POST":
        require(belongs_to(request.user, idea), _("Only the team and its coach ask for a gate. Nothing was changed."))
        known = queries.gate_to_ask(idea)
        if isinstance(known, queries.Refusal):
            return page(request, "portfolio/no_ask.html", _("Ask for a gate"), idea, refusal=known)
    made = tried(
        form,
        lambda said: actions.ask_review(
            by=request.user,
            idea=idea,
            plan=said["plan"],
            budget_cents=said["budget"] * 100,
            request_key=said["request_key"],
        ),
    )
    if made:
        messages.success(request, _("The request was sent, with what is known now."))
        return redirect("portfolio:request", slug, reference, made.number)
    facts = facts_of(idea)
    gate = queries.next_gate(idea)
    return page(
        request,
        "portfolio/ask.html",
        _("Ask for a gate"),
        idea,
        form=form,
        gate=gate,
        asks=Level(gate.level) if gate else None,
        level=Level(level_of(facts)),
        conditions=[line for line in conditions(facts) if gate and line.level <= gate.level],
    )


def own_tie(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Someone of the programme says to be bound to this idea."""
    idea = enter(request, slug, reference)
    if not can_run_gates(request.user, idea):
        raise Http404
    form = RecuseForm(request.POST or None)
    if tried(form, lambda said: actions.note_own_tie(by=request.user, idea=idea, **said)):
        messages.success(request, _("Noted. This idea is closed to you now; thank you for saying so."))
        return redirect("portfolio:board")
    return page(request, "portfolio/own_tie.html", _("Something binds me"), idea, form=form)


@require_safe
def request_page(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """One request: the dossier as it was, who reviews, and what was decided."""
    asked = enter_request(request, slug, reference, number)
    viewer = request.user
    seat = queries.seat_of(viewer, asked)
    opens = queries.opens_dossier(viewer, asked)
    decision = getattr(asked, "decision", None)
    reviewers = queries.reviewers_of(viewer, asked)
    return room(
        request,
        "portfolio/request.html",
        _("Gate: %(gate)s") % {"gate": asked.at.name},
        asked,
        seat=seat,
        opens=opens,
        own_review=queries.own_review(viewer, asked),
        decision=decision,
        reviewers=reviewers,
        can_decide=bool(reviewers) and all(place.handed_in for place in reviewers),
        reviews=queries.reviews_of(viewer, asked),
        runs=can_run_request(viewer, asked),
        belongs=belongs_to(viewer, asked.idea),
        ties=queries.open_ties(viewer, asked),
        words=WORDS,
        **(shown(asked) if opens else {}),
    )


def shown(asked: GateRequest) -> dict[str, Any]:
    """The kept dossier, in words."""
    known = asked.known
    kinds, methods = dict(Assumption.Kind.choices), dict(TestCard.Method.choices)
    decisions = dict(LearningCard.Decision.choices)
    statuses = {"open": (_("open"), "info"), "supported": (_("supported"), "ok"),
                "refuted": (_("refuted"), "error"), "mixed": (_("mixed"), "warning")}  # fmt: skip

    def worded(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            line | {"kind": kinds.get(line["kind"], line["kind"]), "word": statuses[line["status"]]} for line in lines
        ]

    names = {name: CanvasRevision._meta.get_field(name).verbose_name for name in CANVAS_FIELDS}  # noqa: SLF001 -- Django's documented meta API
    return {
        "known": known,
        "level": Level(known["level"]),
        "asks": Level(known["level_asked"]),
        "gate": gate_of(known["gate"]),
        "conditions": [line for line in conditions_in(known["conditions"]) if line.level <= known["level_asked"]],
        "assumptions": worded(known["assumptions"]),
        "retired_critical": worded(known.get("retired_critical", [])),  # not in a dossier of the first shape
        "tests": [
            test
            | {
                "word": _("stopped halfway")
                if test["state"] == "dropped"
                else verdict_word(test["verdict"] or "CONTINUE"),
                "method": methods.get(test["method"], test["method"]),
            }
            for test in known.get("tests", [])
        ],
        "learning": [card | {"decision": decisions.get(card["decision"], "")} for card in known.get("learning", [])],
        "canvas": [(names[name], known["canvas"].get(name, "")) for name in CANVAS_FIELDS],
        "euros": known["budget_cents"] // 100,
    }


@require_safe
def dossier_file(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """The dossier as it was kept, byte for byte, so that its fingerprint can be checked."""
    asked = enter_request(request, slug, reference, number)
    if not queries.opens_dossier(request.user, asked):
        raise Http404
    name = f"dossier-{asked.idea.reference}-{asked.number}.json"
    return HttpResponse(
        asked.dossier,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


# Who runs the gate


def name_reviewer(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """Name someone who reviews."""
    asked = _running(request, slug, reference, number)
    form = ReviewerForm(request.POST or None, people=queries.candidates(request.user, asked))
    return _form(
        request,
        asked,
        form,
        _("Name a reviewer"),
        lambda _said: actions.name_reviewer(by=request.user, request=asked, user=form.person()),
        done=_("Named. This person first says whether anything binds."),
        button=_("Name this person"),
        intro=_(
            "Choose someone who has nothing to do with the team. Someone of the same organisation as a team member is "
            "blocked until a colleague has looked at it."
        ),
    )


@require_POST
def release_reviewer(request: HttpRequest, slug: str, reference: str, number: int, pk: int) -> HttpResponse:
    """Take someone off who cannot review."""
    asked = _running(request, slug, reference, number)
    reviewer = get_object_or_404(Reviewer, pk=pk, request=asked)
    press(request, lambda: actions.release_reviewer(by=request.user, reviewer=reviewer), _("Taken off."))
    return redirect("portfolio:request", slug, reference, number)


def decide_tie(request: HttpRequest, slug: str, reference: str, number: int, pk: int) -> HttpResponse:
    """Say whether a suggested tie binds."""
    asked = _running(request, slug, reference, number)
    tie = get_object_or_404(Tie, pk=pk, pk__in=[one.pk for one in queries.open_ties(request.user, asked)])
    form = TieForm(request.POST or None)
    return _form(
        request,
        asked,
        form,
        _("Does this bind %(name)s?") % {"name": tie.user.name},
        lambda said: actions.decide_tie(
            by=request.user, request=asked, tie=tie, binds=said["binds"] == "yes", reason=said["reason"]
        ),
        done=_("Saved."),
        intro=f"{tie.user.name}, {tie.user.organisation}: {tie.get_kind_display()}",
    )


def decide(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """End the request."""
    asked = _running(request, slug, reference, number)
    form = JudgeForm(request.POST or None, level_met=asked.level_met, sure=True)
    return _form(
        request,
        asked,
        form,
        _("Decide"),
        lambda _said: actions.decide_gate(by=request.user, request=asked, **form.said()),
        done=_("Decided. The team hears it."),
        button=_("Decide"),
        intro=_("The team hears the outcome, your reasons and who reviewed. They do not see the reviews."),
        reviews=queries.reviews_of(request.user, asked),
        words=WORDS,
    )


# Who reviews


@require_POST
def declare(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """The reviewer says that nothing binds; the dossier opens."""
    asked = enter_request(request, slug, reference, number)
    press(
        request,
        lambda: actions.declare(by=request.user, request=asked, free=True),
        _("Thank you. You can read the dossier now."),
    )
    return redirect("portfolio:request", slug, reference, number)


def recuse(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """The reviewer says that something binds, before reading or after all."""
    asked = enter_request(request, slug, reference, number)
    if queries.seat_of(request.user, asked) is None:
        raise Http404
    form = RecuseForm(request.POST or None)
    return _form(
        request,
        asked,
        form,
        _("Something binds me"),
        lambda said: actions.declare(by=request.user, request=asked, free=False, **said),
        done=_("Noted. This idea is closed to you now; thank you for saying so."),
        to="portfolio:board",
        button=_("I step back"),
        intro=_("Then you do not review this idea. If you wrote a review already, it no longer counts."),
    )


def review(request: HttpRequest, slug: str, reference: str, number: int) -> HttpResponse:
    """The reviewer judges."""
    asked = enter_request(request, slug, reference, number)
    if queries.seat_of(request.user, asked) is None or not queries.opens_dossier(request.user, asked):
        raise Http404
    form = JudgeForm(request.POST or None, level_met=asked.level_met)
    return _form(
        request,
        asked,
        form,
        _("Your review"),
        lambda _said: actions.write_review(by=request.user, request=asked, **form.said()),
        done=_("Handed in. Now you can read what others said."),
        button=_("Hand in my review"),
        intro=_("It stays as you write it. You see the reviews of others after handing in your own."),
    )


def _running(request: HttpRequest, slug: str, reference: str, number: int) -> GateRequest:
    asked = enter_request(request, slug, reference, number)
    if not can_run_request(request.user, asked):
        raise Http404
    return asked


def _form(
    request: HttpRequest,
    asked: GateRequest,
    form: ActionForm,
    title: str,
    action: Callable[[dict[str, Any]], Any],
    *,
    done: str,
    to: str = "portfolio:request",
    **context: Any,
) -> HttpResponse:
    """Show the form; once it is right, do it and go back."""
    if tried(form, action):
        messages.success(request, done)
        where = (asked.idea.challenge.slug, asked.idea.reference, asked.number)
        return redirect(to, *(where if to == "portfolio:request" else ()))
    return room(request, "portfolio/form.html", title, asked, form=form, **{"button": _("Save")} | context)
