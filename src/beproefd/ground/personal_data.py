# SPDX-License-Identifier: EUPL-1.2
"""Finds what may say who someone is, in Dutch texts. Values in, values out: no database, no clock.

It errs on the side of asking: a person looks at every flag and changes the text, or says why it may stay. It finds
patterns, so it cannot promise that a text without flags is about nobody (docs/exchange.md says so too).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from stdnum import iban
from stdnum.nl import bsn


@dataclass(frozen=True, order=True)
class Flag:
    """A piece of a text that may be personal data. `start` and `end` are its place in the text."""

    start: int
    end: int
    kind: str
    text: str


KINDS = ("email", "phone", "bsn", "iban", "postcode", "address", "date", "name")
SPACE = r"[ \t\u00a0\u2007\u202f]"
BREAK = r"[\s\u00a0\u2007\u202f]"
MONTHS = (
    r"(?:jan(?:uari)?|feb(?:ruari)?|mrt|maart|apr(?:il)?|mei|juni?|juli?|aug(?:ustus)?|sept?(?:ember)?|okt(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?|january|february|march|may|june|july|august|october)"
)
TITLES = (
    r"meneer|mijnheer|mevrouw|mevr|mw|mejuffrouw|dhr|de\s+heer|juffrouw|dokter|dr|drs|ir|mr|mrs|ms|familie|fam|oma|opa"
    r"|tante|oom|heet|heette|genaamd|mijn\s+naam\s+is|ik\s+ben"
)
PREFIXES = r"(?:van|de|der|den|het|ter|ten|te|el|al|ben|bin|von|du|da|dos|la|le|'t|’t|in)"
STREETS = (
    r"straat|laan|weg|plein|kade|gracht|singel|dreef|dijk|pad|hof|steeg|plantsoen|markt|park|baan|ring|wal|dwarsstraat"
    r"|burg|oever|poort|erf|veld|kamp|akker|weide"
)
NUMBER = rf"\d{{1,5}}(?:{SPACE}?[-/]?{SPACE}?(?:[a-zA-Z](?![a-zA-Z])|bis|hs|[IVX]{{1,4}}(?![a-zA-Z])|\d{{1,3}}(?!\d)))?"

EMAIL = re.compile(
    r"[^\s<>()\[\],;:\"@]{1,64}(?:@|\s?(?:\(at\)|\[at\])\s?)[^\s<>()\[\],;:\"@]{1,190}\.[^\W\d_]{2,24}", re.IGNORECASE
)
PHONE = re.compile(
    rf"(?<!\w)(?:(?:\+|00){SPACE}?\d{{1,3}}(?:{SPACE}?\(0\))?|\(?0\d{{1,3}}\)?)(?:(?:{SPACE}|[-./]){{0,3}}\d){{6,12}}(?!\d)"
)
DIGITS = re.compile(rf"(?<!\d)\d(?:(?:{SPACE}|[-.]){{0,2}}\d){{7,8}}(?!\d)")
IBAN = re.compile(rf"(?<![^\W_])[A-Za-z]{{2}}{SPACE}?\d{SPACE}?\d(?:(?:{SPACE}|[-.])?[A-Za-z0-9]){{10,30}}")
NO_POSTCODE = {
    "de",
    "in",
    "op",
    "en",
    "of",
    "te",
    "is",
    "er",
    "al",
    "om",
    "we",
    "ze",
    "je",
    "na",
    "nu",
    "nr",
    "tm",
    "to",
    "at",
    "by",
}
LETTERS = rf"[1-9]\d{{3}}{SPACE}?(?P<letters>[A-Za-z]{{2}})(?![^\W_])"  # "2016 of 12" is no postcode: NO_POSTCODE
POSTCODE = re.compile(
    rf"(?<![^\W_]){LETTERS}(?:{BREAK}|,|\b(?:nr|nummer|no|huisnummer)\b\.?){{0,8}}{NUMBER}(?![^\W_])", re.IGNORECASE
)
POSTCODE_AFTER = re.compile(rf"(?<![^\W_]){NUMBER}(?:{BREAK}|,){{1,4}}{LETTERS}")
ADDRESS = re.compile(
    rf"(?<![^\W_])(?:[^\W\d_][\w'’.-]{{0,40}}{SPACE}){{0,3}}[^\W\d_][\w'’.-]{{0,40}}(?:{STREETS}){SPACE}{{1,4}}(?:nr\.?{SPACE}*)?{NUMBER}(?![^\W_])"
    rf"|(?<![^\W_])(?:{STREETS}|straatweg){SPACE}{{1,4}}(?:{PREFIXES}{SPACE}{{1,4}}){{0,3}}(?-i:[A-ZÀ-ÖØ-Þ])[\w'’.-]{{0,40}}{SPACE}{{1,4}}{NUMBER}(?![^\W_])",
    re.IGNORECASE,
)
DATE = re.compile(
    rf"(?<!\d)(?:\d{{1,2}}{SPACE}?[-/.]{SPACE}?\d{{1,2}}{SPACE}?[-/.]{SPACE}?(?:\d{{4}}|\d{{2}})"
    rf"|\d{{4}}-\d{{1,2}}-\d{{1,2}}|\d{{1,2}}(?:e|ste|de|th|st|nd|rd)?{SPACE}{{1,4}}(?:{MONTHS})\.?{SPACE}{{1,4}}(?:\d{{4}}|['’]\d{{2}}))(?!\d)",
    re.IGNORECASE,
)
BORN = re.compile(
    rf"\b(?:geboren|geb\.?|geboortedatum|geboortedag|born)\b(?:\W+(?:op|in|te|is|on|jaar|het)\b)*\W{{0,3}}"
    rf"(?:\d{{1,2}}\W{{1,2}}\d{{1,2}}\W{{1,2}}\d{{2,4}}|\d{{1,2}}{SPACE}{{1,4}}(?:{MONTHS})(?:{SPACE}{{1,4}}\d{{2,4}})?|\d{{4}})",
    re.IGNORECASE,
)
NAME = re.compile(
    rf"(?<![^\W_])(?i:{TITLES})\.?{SPACE}{{1,4}}(?:(?i:{PREFIXES}){SPACE}{{1,4}}){{0,3}}"
    rf"[A-ZÀ-ÖØ-Þ\u0100-\u024f][^\W\d_]{{0,40}}(?:[-'’.][^\W\d_]{{1,40}}){{0,4}}\.?"
    rf"(?:{SPACE}{{1,4}}(?:(?i:{PREFIXES}){SPACE}{{1,4}}){{0,3}}[A-ZÀ-ÖØ-Þ\u0100-\u024f][^\W\d_]{{0,40}}(?:[-'’.][^\W\d_]{{1,40}}){{0,4}}){{0,3}}"
)
ANY_CASE_NAME = re.compile(
    rf"(?<![^\W_])(?:meneer|mijnheer|mevrouw|mevr\.?|mw\.?|dhr\.?|de{SPACE}heer){SPACE}{{1,4}}[^\W\d_][\w'’-]{{1,40}}",
    re.IGNORECASE,
)


def flags(text: str) -> list[Flag]:
    """Everything in the text that may say who someone is, in the order of the text, without overlap of the same kind."""
    found: list[Flag] = []
    for flag in sorted(_all(text), key=lambda flag: (flag.start, -flag.end)):
        if not any(other.kind == flag.kind and flag.start < other.end for other in found):
            found.append(flag)
    return found


def _all(text: str) -> Iterator[Flag]:
    yield from _matches("email", EMAIL, text)
    yield from _matches("phone", PHONE, text)
    for pattern in (POSTCODE, POSTCODE_AFTER):
        yield from (
            Flag(match.start(), match.end(), "postcode", match.group())
            for match in pattern.finditer(text)
            if match["letters"] not in NO_POSTCODE
        )
    yield from _matches("address", ADDRESS, text)
    yield from _matches("date", BORN, text)
    yield from _matches("date", DATE, text)
    yield from _matches("name", NAME, text)
    yield from _matches("name", ANY_CASE_NAME, text)
    yield from (flag for flag in _overlapping("bsn", DIGITS, text) if _is_bsn(flag.text))
    for flag in _overlapping("iban", IBAN, text):
        account = _longest_iban(flag.text)
        if account:
            yield Flag(flag.start, flag.start + len(account), "iban", account)


def _matches(kind: str, pattern: re.Pattern[str], text: str) -> Iterator[Flag]:
    for match in pattern.finditer(text):
        yield Flag(match.start(), match.end(), kind, match.group())


def _overlapping(kind: str, pattern: re.Pattern[str], text: str) -> Iterator[Flag]:
    """Matches from every place: what comes before a number must not hide the number."""
    place = 0
    while match := pattern.search(text, place):
        yield Flag(match.start(), match.end(), kind, match.group())
        place = match.start() + 1


def _plain(text: str) -> str:
    return "".join(sign for sign in text if sign.isascii() and sign.isalnum())


def _is_bsn(text: str) -> bool:
    """The 11-test; an old number of eight digits counts with a zero in front."""
    digits = _plain(text)
    return len(set(digits)) > 1 and bsn.is_valid(digits.zfill(9))


def _longest_iban(text: str) -> str:
    """The longest beginning of the text that passes the check digits; words may stand right behind the number."""
    ends = [place + 1 for place, sign in enumerate(text) if sign.isalnum()]
    for end in reversed(ends):
        if 15 <= len(_plain(text[:end])) <= 34 and iban.is_valid(_plain(text[:end]).upper()):
            return text[:end]
    return ""


def spread(texts: Iterable[tuple[str, str]]) -> list[tuple[str, Flag]]:
    """The flags of several named texts: (name, flag)."""
    return [(name, flag) for name, text in texts for flag in flags(text)]


CERTAIN = ("email", "phone", "bsn", "iban")  # patterns that hardly ever are something else


def without_addresses(text: str) -> str:
    """The text with what leads straight to one person (e-mail, phone, BSN, bank account) left out as "[…]"."""
    for flag in sorted(flags(text), key=lambda flag: -flag.start):
        if flag.kind in CERTAIN:
            text = text[: flag.start] + "[…]" + text[flag.end :]
    return text
