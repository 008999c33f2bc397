# SPDX-License-Identifier: EUPL-1.2
"""A table that is a table on a wide screen and one card per row on a phone, the same for a screen reader in both.

On a phone the style sheet lays rows and cells out as blocks, and a browser then forgets that they were a table. So each
part says its role itself, and each cell carries the name of its column, which the card shows above the value.
"""

import re
from collections.abc import Iterator

from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString, mark_safe

ROLES = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tfoot": "rowgroup", "tr": "row", "td": "cell"}
PART = re.compile(r"<(table|thead|tbody|tfoot|tr|th|td)\b([^>]*)>")  # Django writes no bare > in an attribute
HEAD = re.compile(r"<thead\b.*?</thead>", re.DOTALL)
COLUMN = re.compile(r"<th\b([^>]*)>(.*?)</th>", re.DOTALL)


def with_roles(html: str) -> SafeString:
    """The same table; role and name of the column stand on its parts. Without a simple head it stays a sliding table."""
    head = HEAD.search(html)
    if not head or head[0].count("<tr") != 1 or "colspan" in html or "rowspan" in html:
        return mark_safe(html)
    names = [" ".join(strip_tags(text).split()) for _attributes, text in COLUMN.findall(head[0])]
    return mark_safe("".join(_parts(html, names, head.end())))


def _parts(html: str, names: list[str], body: int) -> Iterator[str]:
    place = at = 0
    for part in PART.finditer(html):
        yield html[at : part.start()]
        at = part.end()
        tag, attributes = part.groups()
        if tag == "tr":
            place = 0
        in_body, name = part.start() > body, ""
        role = ROLES.get(tag) or ("rowheader" if in_body else "columnheader")
        if tag in {"th", "td"}:
            if in_body and place < len(names):
                name = f' data-column="{escape(names[place])}"'
            place += 1
        yield f'<{tag}{attributes} role="{role}"{name}>'
    yield html[at:]
