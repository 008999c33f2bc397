# SPDX-License-Identifier: EUPL-1.2
"""The words page templates speak: alert, badge, card, explain, figure, field ... The style guide shows each of them.

Block tags exist because a page author should write the text of a card, not the five elements around it.
"""

import math
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField
from django.http.request import split_domain_port
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.formats import get_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from beproefd.ui.charts import Chart, in_language
from beproefd.ui.tables import with_roles

register = template.Library()

ALERTS = {
    "info": gettext_lazy("Note:"),
    "ok": gettext_lazy("Done:"),
    "warning": gettext_lazy("Warning:"),
    "error": gettext_lazy("Error:"),
}
BADGES = {
    "neutral": "utrecht-status-badge utrecht-status-badge--neutral",
    "info": "nl-data-badge",
    "ok": "utrecht-status-badge utrecht-status-badge--safe",
    "warning": "utrecht-status-badge utrecht-status-badge--warning",
    "error": "utrecht-status-badge utrecht-status-badge--danger",
}
UNKNOWN = "–"


def _one_of(kinds: dict[str, Any], kind: str, tag: str) -> Any:
    """The entry for `kind`; a typing error in a template must not pass silently."""
    if kind not in kinds:
        raise template.TemplateSyntaxError(f"{{% {tag} %}} knows {', '.join(kinds)}, not {kind!r}.")
    return kinds[kind]


@register.simple_tag
def theme() -> str:
    """Address of the token file that the setting THEME names."""
    return static(settings.THEME)


@register.filter
def as_written(text: Any) -> Any:
    """What people wrote (a title, a reason, a stored sentence), marked as Dutch on a page in another language.

    Without the mark a screen reader reads Dutch aloud by English rules (WCAG 2.2, 3.1.2). Names of people and
    organisations need none.
    """
    attribute = written_lang()
    return format_html("<span{}>{}</span>", attribute, text) if attribute and text else text


@register.simple_tag
def written_lang() -> SafeString:
    """The same as an attribute, for an element that holds nothing else: <p{% written_lang %}>."""
    written = settings.LANGUAGE_CODE
    return SafeString("") if get_language() == written else format_html(' lang="{}"', written)


@register.simple_tag
def icon(name: str) -> SafeString:
    """One of the pictures in templates/ui/icons; always beside text, so hidden from a screen reader."""
    return render_to_string(f"ui/icons/{name}.svg")


@register.simple_block_tag
def alert(content: SafeString, kind: str = "info", *, role: str = "") -> SafeString:
    """A message that stands out; `role` is for a text that appears after an action (status, or alert for an error)."""
    context = {"content": content, "kind": kind, "role": role, "spoken": _one_of(ALERTS, kind, "alert")}
    return render_to_string("ui/parts/alert.html", context)


@register.simple_tag
def badge(text: str, kind: str = "neutral") -> SafeString:
    """A short state in one or two words; colour never stands alone."""
    context = {"text": text, "kind": kind, "classes": _one_of(BADGES, kind, "badge")}
    return render_to_string("ui/parts/badge.html", context)


@register.simple_block_tag
def card(content: SafeString, heading: str = "", url: str = "", *, level: int = 3) -> SafeString:
    """A raised block; several of them go in an element with class `cards`. `level` 2 where no h2 stands above it."""
    context = {"content": content, "heading": heading, "url": url, "level": level}
    return render_to_string("ui/parts/card.html", context)


@register.simple_block_tag
def explain(content: SafeString, summary: str = "") -> SafeString:
    """Text that opens on demand, for who wants to know more."""
    context = {"content": content, "summary": summary or _("What does this mean?")}
    return render_to_string("ui/parts/explain.html", context)


@register.simple_block_tag
def wide_table(content: SafeString, label: str) -> SafeString:
    """A table; on a phone each row is a card. What cannot be cards slides sideways in its own box, with keys as well."""
    table = with_roles(content)
    context = {"content": table, "label": label, "slides": table == content}
    return render_to_string("ui/parts/wide_table.html", context)


@register.simple_tag
def figure(chart: Chart, caption: str = "", *, written: bool = False, own_words: int | None = None) -> SafeString:
    """A chart with its caption and, one press away, the same figures as a table.

    `written` when people gave the names, in the picture and the table; `own_words`: another column that people wrote.
    """
    columns = {*([0] if written else []), *([] if own_words is None else [own_words])}
    marks = written and written_lang()
    svg = in_language(chart, settings.LANGUAGE_CODE) if marks else chart.svg
    context = {"chart": chart, "svg": svg, "caption": caption or chart.caption, "written": columns}
    return render_to_string("ui/parts/figure.html", context)


@register.simple_tag
def breadcrumbs(*parts: Any) -> SafeString:
    """Where am I: label and address in turn, last the label of this page: {% breadcrumbs "Home" "/" "This page" %}."""
    crumbs = [(parts[i], parts[i + 1] if i + 1 < len(parts) else "") for i in range(0, len(parts), 2)]
    return render_to_string("ui/parts/breadcrumbs.html", {"crumbs": crumbs})


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """One form field with its label, help and error."""
    return bound.as_field_group()


@register.simple_tag
def form_errors(*forms: BaseForm) -> SafeString:
    """The list of errors above a form whose fields the page lays out; more forms when one button sends them."""
    wrong = [form for form in forms if form.errors]
    secret = any(getattr(bound.field.widget, "input_type", "") == "password" for form in wrong for bound in form)
    return render_to_string("ui/forms/errors.html", {"forms": wrong, "secret": secret})


def _number(value: Any, digits: int) -> str | None:
    if value is None or value == "" or not math.isfinite(float(value)):
        return None
    # A table of a large round holds thousands of these; number_format looks up the digit groups for each of them.
    return f"{float(value):.{digits}f}".replace(".", get_format("DECIMAL_SEPARATOR"))


@register.simple_tag(takes_context=True)
def host_is_a_number(context: template.Context) -> bool:
    """Whether the site was opened at an IP address. Browsers refuse passkeys there: WebAuthn wants a domain name."""
    domain, _port = split_domain_port(context["request"].get_host())
    try:
        ip_address(domain.strip("[]"))
    except ValueError:
        return False
    return True


@register.filter
def percentage(value: Any, digits: int = 0) -> str:
    """A share between 0 and 1 in the way the reader's language writes it: 72%, 72,5%."""
    number = _number(None if value in (None, "") else float(value) * 100, digits)
    return UNKNOWN if number is None else f"{number}%"


@register.filter
def score(value: Any, digits: int = 1) -> str:
    """A number with a fixed count of decimals in the way the reader's language writes it: 7,3."""
    return _number(value, digits) or UNKNOWN


register.simple_tag(percentage, name="percentage")
register.simple_tag(score, name="score")


@register.filter
def as_list(values: Iterable[Any]) -> str:
    """Names in a row as people write them: An, Bo and Cis."""
    words = list(values)
    marked = any(isinstance(word, SafeString) for word in words)  # names with a mark of their language stay marked
    words = [conditional_escape(word) if marked else str(word) for word in words]
    if len(words) < 2:
        return mark_safe("".join(words)) if marked else "".join(words)
    said = _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}
    return mark_safe(said) if marked else said
