# SPDX-License-Identifier: EUPL-1.2
"""The learning library: public, for who works here, and between municipalities."""

import uuid
from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from beproefd.ground.accounts.rules import require
from beproefd.ui.forms import ReasonForm

from .. import actions, exchange
from ..forms import ImportForm, PublishForm, SearchForm
from ..models import LearningOutcome
from ..queries import library as queries
from ..queries.library import Asked
from ..rules import can_publish

PER_PAGE = 20
LOOK_AT = 2000  # characters of what is typed
MOST_FLAGS = 50  # questions on one page
FIGURE_NAMES = {
    "evidence_for": gettext_lazy("Pieces of evidence for it"),
    "evidence_against": gettext_lazy("Pieces of evidence against it"),
    "evidence_unclear": gettext_lazy("Pieces of evidence that are unclear"),
    "evidence_from_target_group": gettext_lazy("Of these from the target group itself"),
    "people": gettext_lazy("People asked or seen"),
    "tests_done": gettext_lazy("Finished tests"),
}


@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """What was learned: searchable, failures included."""
    own, others = queries.readable(request.user), queries.from_elsewhere(request.user)
    asked = Asked(
        request.GET.get("zoek", "")[:300],
        request.GET.get("soort", ""),
        request.GET.get("groep", ""),
        request.GET.get("uitkomst", ""),
    )
    known = {"zoek": asked.words, "soort": asked.kind, "groep": asked.group, "uitkomst": asked.outcome}
    found = queries.search(own, asked)
    counted = queries.counts(own)
    elsewhere = queries.search(others, asked)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("pagina"))
    page_elsewhere = Paginator(elsewhere, PER_PAGE).get_page(request.GET.get("elders"))
    return render(
        request,
        "library/library.html",
        {
            "title": _("What we learned"),
            "form": SearchForm(initial=known, groups=queries.groups_of([*own, *others])),
            "asked": asked,
            "is_search": any(known.values()),
            "page": page,
            "count": len(found) + len(elsewhere),
            "outcomes": [(label, counted[value]) for value, label in LearningOutcome.choices],
            "total": len(own),
            "elsewhere": page_elsewhere,
            "total_elsewhere": len(others),
            "publishes": can_publish(request.user),
            "query": _others(request, "pagina"),
            "query_elsewhere": _others(request, "elders"),
        },
    )


def _others(request: HttpRequest, name: str) -> str:
    """What the address says, except for one name."""
    return "&".join(part for part in request.GET.urlencode().split("&") if part and not part.startswith(f"{name}="))


@require_safe
def similar(request: HttpRequest) -> HttpResponse:
    """A fragment: at most three entries that look like `text`, for under a form."""
    text = (request.GET.get("text") or request.GET.get("statement") or "")[:LOOK_AT]
    return render(request, "library/parts/similar.html", {"found": queries.similar(request.user, text)})


@require_safe
def entry_page(request: HttpRequest, entry: uuid.UUID) -> HttpResponse:
    """One entry with its figures."""
    found = queries.one_entry(request.user, entry)
    if found is None:
        raise Http404
    return render(
        request,
        "library/entry.html",
        {
            "title": found.entry.statement,
            "item": found,
            "figures": [
                (
                    FIGURE_NAMES[one.name],
                    {"value": one.value, "source": one.source, "day": date.fromisoformat(one.as_of)},
                )
                for one in found.entry.figures
            ],
            "tested_on": date.fromisoformat(found.entry.tested_on),
            "publishes": queries.publishable(request.user, entry) is not None,
        },
    )


@require_safe
def export_file(_request: HttpRequest) -> HttpResponse:
    """Everything that is published, as a file for others."""
    return HttpResponse(
        exchange.write(queries.export()),
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": 'inline; filename="leren.json"', "Access-Control-Allow-Origin": "*"},
    )


def publish(request: HttpRequest, entry: uuid.UUID) -> HttpResponse:
    """Put an entry on the public page, after the check on personal data."""
    found = queries.publishable(request.user, entry)
    if found is None:
        raise Http404
    words = found.publication.entry if found.publication else found.entry
    form = PublishForm(request.POST or None, entry=words)
    if request.method == "POST" and form.is_valid():
        try:
            actions.publish_entry(
                by=request.user,
                assumption=found.line.assumption,
                **form.words(),
                confirmed=form.confirmed(),
                request_key=form.cleaned_data["request_key"],
            )
        except actions.FlaggedError as refusal:
            form.ask_about(refusal.found)
            form.refuse(refusal)
        except (ValidationError, PermissionDenied) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Published. Everyone can read it now."))
            return redirect("library:entry", entry)
    return render(request, "library/publish.html", {"title": _("Publish"), "item": found, "form": form})


def unpublish(request: HttpRequest, entry: uuid.UUID) -> HttpResponse:
    """Take an entry off the public page."""
    found = queries.publishable(request.user, entry)
    if found is None:
        raise Http404
    form = ReasonForm(request.POST or None, needed=True, label=_("Why do you take it back?"))
    if request.method == "POST" and form.is_valid():
        try:
            actions.unpublish_entry(
                by=request.user, assumption=found.line.assumption, reason=form.cleaned_data["reason"]
            )
        except (ValidationError, PermissionDenied) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Taken back. It is no longer public."))
            return redirect("library:entry", entry)
    return render(request, "library/unpublish.html", {"title": _("Take back"), "item": found, "form": form})


def import_page(request: HttpRequest) -> HttpResponse:
    """Take in the file of another municipality."""
    require(can_publish(request.user))
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            taken = actions.import_library(
                by=request.user, raw=form.cleaned_data["file"].read(), confirmed=form.confirmed()
            )
        except actions.FlaggedError as refusal:
            form.ask_about(refusal.found[:MOST_FLAGS])
            form.refuse(refusal)
        except (ValidationError, PermissionDenied) as refusal:
            form.refuse(refusal)
        else:
            said = {
                "municipality": taken.library.municipality,
                "added": taken.added,
                "changed": taken.changed,
                "unchanged": taken.unchanged,
                "gone": taken.gone,
            }
            messages.success(
                request,
                _(
                    "From %(municipality)s: %(added)s new, %(changed)s changed, %(unchanged)s as they were, "
                    "%(gone)s no longer published there."
                )
                % said,
            )
            return redirect("portfolio:library")
    return render(request, "library/import.html", {"title": _("Take in learning from elsewhere"), "form": form})
