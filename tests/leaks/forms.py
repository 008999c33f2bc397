# SPDX-License-Identifier: EUPL-1.2
"""The forms of a page as a browser sends them, what bad input is, and what a good answer to it looks like."""

import html
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.apps import apps
from django.test import Client
from django.urls import resolve

from beproefd.ground.audit.queries import verify

NASTY = {
    "code": "\"><script>alert(1)</script>{{ 7|add:7 }}{% debug %}%(naam)s'); DROP TABLE ideas_idea; --",
    "signs": '=HYPERLINK("x") 👩🏽‍🦽 \u202egnirts\u202c é ﷽ \ud7ff',
    "nul": "voor\x00na",
    "spaces": " \t\r\n\u00a0 ",
}
NUMBERS = ("-1", "0", "9" * 5000, "1e9", "NaN")
DATES = ("2026-02-31", "0000-00-00", "gisteren", "99999-01-01", "2026-01-01T99:99")


# Reading


@dataclass
class Form:
    """A form on a page: where it goes and what it holds when nothing is typed."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)  # name -> text, number, date, choice, hidden, file, button

    @property
    def name(self) -> str:
        """The name of the address it goes to."""
        return resolve(self.action.partition("?")[0]).view_name

    def of_kind(self, *kinds: str) -> list[str]:
        """Field names."""
        return [name for name, kind in self.kinds.items() if kind in kinds]


class Reader(HTMLParser):
    """Collects the forms of a page as a browser would send them."""

    KINDS = {"number": "number", "date": "date", "datetime-local": "date", "radio": "choice", "checkbox": "choice"}

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.forms, self._select, self._area = address, [], "", ""
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Forms, inputs, selects, texts and buttons."""
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(said.get("action") or self.address, said.get("method", "get").lower()))
            self._open = True
        if not self._open:
            return
        form, name = self.forms[-1], said.get("name", "")
        if tag == "input" and name:
            kind = said.get("type", "text")
            form.kinds[name] = (
                "hidden" if kind == "hidden" else self.KINDS.get(kind, kind if kind == "file" else "text")
            )
            chosen = form.values.setdefault(name, [])
            if kind not in {"radio", "checkbox", "file"} or "checked" in said:
                chosen.append(said.get("value", "on"))
        elif tag == "textarea":
            self._area, form.kinds[name], form.values[name] = name, "text", [""]
        elif tag == "select":
            self._select, form.kinds[name], form.values[name] = name, "choice", []
        elif tag == "option" and self._select and ("selected" in said or not form.values[self._select]):
            form.values[self._select] = [said.get("value", "")]
        elif tag == "button" and name and name not in form.kinds:
            form.kinds[name], form.values[name] = "button", [said.get("value", "")]

    def handle_endtag(self, tag: str) -> None:
        """The end of what was open."""
        if tag == "form":
            self._open = False
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        """What stands in a text."""
        if self._area:
            self.forms[-1].values[self._area][0] += data


def forms_on(client: Client, address: str) -> list[Form]:
    """The forms of a page that send something."""
    response = client.get(address)
    assert (address, response.status_code) == (address, 200)
    return forms_in(address, response.content.decode())


def forms_in(address: str, text: str) -> list[Form]:
    """The forms that send something in the text of a page."""
    reader = Reader(address)
    reader.feed(text)
    return [form for form in reader.forms if form.method == "post" and form.action != "/taal/"]


# Sending, and what comes back


def send(client: Client, form: Form, **changed: Any) -> Any:
    """Send the form with these fields changed."""
    buttons = form.of_kind("button")
    values = {
        name: value for name, value in form.values.items() if name not in buttons[1:] and form.kinds[name] != "file"
    }
    return client.post(form.action, values | changed)


def rows() -> dict[str, int]:
    """How many rows every table of the product holds, the visitors' sessions aside."""
    models = [model for model in apps.get_models() if model._meta.app_label not in {"sessions", "account", "mfa"}]
    return {model._meta.label: model._default_manager.count() for model in models}


def judge_answer(form: Form, what: str, response: Any, before: dict[str, int], typed: str = "") -> None:
    """A clear answer and nothing half-written; what was refused is still in the form."""
    about = f"{form.name} with {what}"
    assert (about, response.status_code) in {(about, code) for code in (200, 302, 400, 403, 404, 409, 413)}
    if response.status_code == 302:
        assert (about, verify().problem) == (about, "")
    else:
        body = response.content.decode()
        assert (about, rows()) == (about, before)
        assert (about, len(body) > 300) == (about, True)
        assert (about, "<script>alert(1)" in body, "<img src=x" in body) == (about, False, False)
        if typed and response.status_code == 200:
            assert (about, html.escape(typed) in body) == (about, True)
