# SPDX-License-Identifier: EUPL-1.2
"""{% pictogram "euro" %}: a picture beside a word."""

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from beproefd.discipline.prototypes.pictograms import PATHS

register = template.Library()


@register.simple_tag
def pictogram(name: str) -> SafeString | str:
    """The picture of this name; nothing when there is no name. It always stands beside words."""
    return render_to_string("prototypes/parts/pictogram.html", {"line": PATHS[name]}) if name else ""
