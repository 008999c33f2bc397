# SPDX-License-Identifier: EUPL-1.2
"""The menu in the room of an idea: four groups, and the pages of the group where the visitor is.

The rooms above have pages here too; a room that is not there has none.
"""

from dataclasses import dataclass, replace
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beproefd.discipline.ideas.models import Idea

GROUPS: tuple[tuple[str | Promise, tuple[tuple[str, str | Promise], ...]], ...] = (
    (_("Overview"), (("tracks:home", _("Overview")),)),
    (
        _("Testing"),
        (
            ("validation:assumptions", _("Assumptions")),
            ("validation:cards", _("Tests")),
            ("prototypes:list", _("Screens")),
            ("validation:evidence", _("Evidence")),
        ),
    ),
    (
        _("Learning"),
        (
            ("validation:learning", _("Learning cards")),
            ("validation:canvas", _("Canvas")),
            ("portfolio:gates", _("Gates")),
        ),
    ),
    (
        _("Team"),
        (
            ("tracks:team", _("Team")),
            ("tracks:skills", _("Skills")),
            ("tracks:partners", _("Partners")),
            ("tracks:dialogue", _("Dialogue")),
        ),
    ),
)
FOR_THE_TEAM = {"tracks:skills"}


@dataclass(frozen=True)
class Link:
    """A place in the menu. `current`: the value of aria-current, "page" on that very page, "true" below it."""

    label: str | Promise
    url: str
    current: str = ""


def menu(path: str, idea: Idea, *, works: bool) -> dict[str, Any]:
    """`menu`: the groups; `menu_pages`: the pages of the group that holds the page at `path`, when it has more than one."""
    groups = [(label, _links(pages, idea, works=works)) for label, pages in GROUPS]
    groups = [(label, links) for label, links in groups if links]
    here = max(
        (link.url for _label, links in groups for link in links if path.startswith(link.url)), key=len, default=""
    )
    shown, opened = [], list[Link]()
    for label, links in groups:
        inside = any(link.url == here for link in links)
        shown.append(Link(label, links[0].url, _current(path, links[0].url) if inside else ""))
        if inside and len(links) > 1:
            opened = [replace(link, current=_current(path, link.url) if link.url == here else "") for link in links]
    return {"menu": shown, "menu_pages": opened}


def _current(path: str, url: str) -> str:
    return "page" if path == url else "true"


def _links(pages: tuple[tuple[str, str | Promise], ...], idea: Idea, *, works: bool) -> list[Link]:
    found = []
    for name, label in pages:
        if name in FOR_THE_TEAM and not works:
            continue
        try:
            found.append(Link(label, reverse(name, args=[idea.challenge.slug, idea.reference])))
        except NoReverseMatch:
            continue
    return found
