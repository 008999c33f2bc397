# SPDX-License-Identifier: EUPL-1.2
"""How the tests of the pages visit the jury room and fill in its forms."""

import html
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, override


def url(world: Any, name: str, *args: Any) -> str:
    return reverse(f"juries:{name}", args=[world.challenge.slug, *args])


def filled(**changed: str) -> dict[str, str]:
    """A complete assessment, as the form sends it."""
    said = {"version_number": "1", "revision": "0", "confidence": "2", "submit": "1"}
    said |= {"score_mag-het": "1", "score_waarde": "4", "score_haalbaar": "3"}
    return said | {f"reason_{key}": f"Want {key}." for key in ("mag-het", "waarde", "haalbaar")} | changed


def again(response: Any, **changed: str) -> dict[str, str]:
    """The form as it came back, sent once more."""
    form = response.context["form"]
    values = {name: form[name].value() for name in form.fields}
    said = {name: str(value) for name, value in values.items() if value is not None}
    return said | changed


def dutch(sentence: str, **values: Any) -> str:
    """The sentence as a Dutch page shows it."""
    with override("nl"):
        translated = gettext(sentence)
    assert translated != sentence
    return html.escape(translated % values if values else translated)


def gettext_dutch(text: str) -> str:
    with override("nl"):
        return gettext(text)


def flat(response: Any) -> str:
    return " ".join(response.content.decode().split())
