# SPDX-License-Identifier: EUPL-1.2
"""What the tests want to know about a page, read from its HTML."""

from collections import Counter
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Page(HTMLParser):
    """Elements, ids, text and everything that a strict Content-Security-Policy forbids."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.pieces: list[tuple[str, str]] = []  # the language of each piece of text in the body, and the piece
        self._languages: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = {name: value or "" for name, value in attrs}
        self.elements.append((tag, found))
        around = self._languages[-1][1] if self._languages else ""
        if tag not in VOID:
            self._languages.append((tag, found.get("lang", around)))

    def handle_endtag(self, tag):
        while self._languages and self._languages.pop()[0] != tag:
            pass

    def handle_data(self, data):
        self.text += data
        if self._languages and self._languages[-1][0] not in {"title", "script", "desc", "text"}:
            self.pieces.append((self._languages[-1][1], data))

    def all(self, tag: str = "", **wanted: str) -> list[dict[str, str]]:
        wanted = {name.strip("_").replace("_", "-"): value for name, value in wanted.items()}
        return [
            attrs
            for found, attrs in self.elements
            if tag in {"", found} and all(attrs.get(name) == value for name, value in wanted.items())
        ]

    @property
    def ids(self) -> list[str]:
        return [attrs["id"] for _tag, attrs in self.elements if "id" in attrs]

    def said_in(self, language: str) -> str:
        """All text that the page gives as being in this language; titles, pictures and attributes, which cannot say it, left out."""
        return " ".join(" ".join(data for found, data in self.pieces if found == language).split())

    @property
    def double_ids(self) -> list[str]:
        return [name for name, count in Counter(self.ids).items() if count > 1]

    @property
    def inline_code(self) -> list[str]:
        """Style elements, style attributes, event handlers, scripts and addresses that run code."""
        found = [tag for tag, _attrs in self.elements if tag == "style"]
        for tag, attrs in self.elements:
            found += [f"{tag} {name}" for name in attrs if name == "style" or name.startswith("on")]
            if tag == "script" and "src" not in attrs and attrs.get("type") != "application/json":
                found.append("script")
            if attrs.get("href", "").lower().startswith("javascript:"):
                found.append(f"{tag} href")
        return found

    @property
    def foreign_addresses(self) -> list[str]:
        """What the browser would fetch from another place than our own."""
        fetched = [attrs.get("src", "") for _tag, attrs in self.elements]
        fetched += [attrs.get("href", "") for tag, attrs in self.elements if tag == "link"]
        return [address for address in fetched if address.startswith(("http:", "https:", "//"))]
