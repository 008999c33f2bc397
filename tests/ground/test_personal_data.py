# SPDX-License-Identifier: EUPL-1.2
"""What may say who someone is, is found wherever it stands in a text; ordinary texts pass."""

import string
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum import iban
from stdnum.nl import bsn

from beproefd.ground.personal_data import KINDS, flags, without_addresses

WORDS = st.text(st.sampled_from("bewoners sparen met een maatje .,;:!?()\n"), max_size=60)
FIRST = st.sampled_from("ABCDEFGHIJKLMNOPRSTVWZ")
LETTERS = st.text(st.sampled_from(string.ascii_lowercase), min_size=2, max_size=10)


def kinds(text: str) -> set[str]:
    return {flag.kind for flag in flags(text)}


@st.composite
def emails(draw):
    return f"{draw(LETTERS)}.{draw(LETTERS)}@{draw(LETTERS)}.{draw(st.sampled_from(['nl', 'com', 'amsterdam']))}"


@st.composite
def phones(draw):
    digits = "".join(draw(st.lists(st.sampled_from(string.digits), min_size=8, max_size=8)))
    form = draw(st.sampled_from(["06-{}", "06{}", "06 {}", "+316{}", "+31 6 {}", "0031 6 {}", "+31 (0)6 {}", "020-{}"]))
    return form.format(digits if "020" not in form else digits[:7])


@st.composite
def citizen_numbers(draw):
    start = draw(st.integers(1000_0000, 9999_9999).map(lambda number: f"{number:08d}"))
    found = next((start + last for last in string.digits if bsn.is_valid(start + last)), "111222333")
    return draw(
        st.sampled_from([found, f"{found[:4]}.{found[4:6]}.{found[6:]}", f"{found[:3]} {found[3:6]} {found[6:]}"])
    )


@st.composite
def accounts(draw):
    tail = "".join(draw(st.lists(st.sampled_from(string.digits), min_size=10, max_size=10)))
    number = next(n for check in range(2, 99) if iban.is_valid(n := f"NL{check:02d}INGB{tail}", check_country=False))
    spaced = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    return draw(st.sampled_from([number, spaced, number.lower()]))


@st.composite
def postcodes(draw):
    code = draw(st.integers(1000, 9999))
    letters = draw(st.sampled_from(["AB", "XK", "VW", "GT"]))
    house = draw(st.sampled_from(["1", "12a", "323", "7-2", "14 hs"]))
    return draw(
        st.sampled_from([f"{code} {letters} {house}", f"{code}{letters}, {house}", f"{house}, {code} {letters}"])
    )


@st.composite
def addresses(draw):
    street = draw(LETTERS).capitalize() + draw(st.sampled_from(["straat", "laan", "weg", "plein", "kade"]))
    return f"{street} {draw(st.integers(1, 999))}"


@st.composite
def births(draw):
    day, month, year = draw(st.integers(1, 28)), draw(st.integers(1, 12)), draw(st.integers(1920, 2025))
    form = draw(
        st.sampled_from(["{d}-{m}-{y}", "{d:02d}/{m:02d}/{y}", "{d} mei {y}", "{y}-{m:02d}-{d:02d}", "geboren in {y}"])
    )
    return form.format(d=day, m=month, y=year)


@st.composite
def names(draw):
    title = draw(st.sampled_from(["meneer", "Meneer", "mevrouw", "mevr.", "mw.", "dhr.", "de heer", "familie"]))
    return f"{title} {draw(st.sampled_from(['', 'van der ', 'de ', 'el ']))}{draw(FIRST)}{draw(LETTERS)}"


@st.composite
def ages(draw):
    age = draw(st.integers(10, 99))
    form = draw(st.sampled_from(["een vrouw van {} jaar", "Fatima ({})", "een {}-jarige man", "zij is {} jaar"]))
    return form.format(age)


@st.composite
def plain_names(draw):
    first, last = draw(st.sampled_from(["Piet", "Fatima", "Ahmed", "Truus"])), draw(FIRST) + draw(LETTERS)
    form = draw(
        st.sampled_from(
            ["{f}", "{f} {l}", "{f} van der {l}", "buurvrouw {l}", "bewoner {f} {l}", "{l}, P.", "P.J. {l}"]
        )
    )
    return form.format(f=first, l=last)


FOUND = {
    "email": emails(), "phone": phones(), "bsn": citizen_numbers(), "iban": accounts(),
    "postcode": postcodes(), "address": addresses(), "date": births(), "age": ages(), "name": names() | plain_names(),
}  # fmt: skip


def test_every_kind_is_tried_here():
    assert sorted(FOUND) == sorted(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_found_wherever_it_stands(kind):
    @given(before=WORDS, found=FOUND[kind], after=WORDS)
    def found_there(before, found, after):
        assert kind in kinds(f"{before} {found} {after}"), f"{before} {found} {after}"

    found_there()


@given(st.text(max_size=300))
@example("\ud7ff\u202e 0 @ . NL")
def test_every_flag_is_a_piece_of_the_text(text):
    for flag in flags(text):
        assert text[flag.start : flag.end] == flag.text
        assert flag.text
        assert flag.kind in KINDS


@given(WORDS)
def test_words_alone_are_no_flag(text):
    assert flags(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "7 van de 10 mensen zetten 5 euro opzij.",
        "De bijstandsnorm was 1.345,45 euro in 2025, dat is 95% van de norm.",
        "40 huishoudens deden mee van november 2016 tot juni 2017.",
        "In 2016 of 2017 deden er 12 mee; 3.500 laptops en 2.364 dongels.",
        "Bewoners op straat kregen 3 brieven per week.",
        "Wij vroegen het aan mensen in de Molenwijk en de Bijlmer.",
        "123456789 is geen BSN, want de 11-proef klopt niet.",
        "NL00 INGB 0000 0000 00 klopt niet als rekening.",
    ],
)
def test_ordinary_figures_are_no_personal_data(text):
    assert kinds(text) - {"phone"} == set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Piet Jansen (54, schizofrenie) komt als hij kiest.", ["Piet Jansen", "Jansen (54,"]),
        ("Fatima was bang om te bellen.", ["Fatima"]),
        ("Bewoner Ahmed Yilmaz (54) doet mee.", ["Ahmed Yilmaz", "Yilmaz (54)"]),
        ("Ik sprak buurvrouw Truus.", ["Truus"]),
        ("JANSEN, P. kwam niet.", ["JANSEN, P."]),
        ("Toen zei Kwame Boateng nee.", ["Kwame Boateng"]),
        ("Kwame Boateng zei nee.", ["Kwame Boateng"]),
    ],
)
def test_a_name_without_a_title_is_found_too(text, found):
    assert [flag.text for flag in flags(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "Bewoners van Amsterdam en uit Nieuw-West kwamen. In Den Haag niet.",
        "Gemeente Amsterdam, Hogeschool van Amsterdam en het Leger des Heils doen mee.",
        "Mensen van 18 jaar en ouder, en jongeren van 18 tot 27 jaar.",
        "Wij vroegen het aan bewoners (54) en aan studenten (12). Deelnemer A zei ja, deelnemer B nee.",
        "Wat werkt voor LVB en de UWV? De Surinaamse Nederlanders zeiden ja.",
        "De pilot is 20 jaar geleden begonnen. Toon het bedrag groot.",
    ],
)
def test_places_organisations_groups_and_counts_are_no_names_or_ages(text):
    assert flags(text) == []


def test_names_that_we_know_are_asked_about_or_left_alone():
    text = "Otis Ofori zag iets bij Sterk Samen, in de Verre Weide."
    assert [flag.text for flag in flags(text)] == ["Otis Ofori", "Sterk Samen", "Verre Weide"]
    known = ["sterk samen", "Verre Weide"]
    assert [flag.text for flag in flags("Otis zag dit. " + text, known=known, people=["Otis"])] == [
        "Otis",
        "Otis Ofori",
    ]


def test_all_of_a_text_is_found_in_order():
    text = "Bel mevrouw De Vries (06-12345678) of mail devries@voorbeeld.nl, Dorpsstraat 12, 1234 AB 12."
    assert [flag.kind for flag in flags(text)] == ["name", "phone", "email", "address", "postcode"]


def test_a_long_hostile_text_takes_no_time():
    for bad in ("1 ", "van de ", "Aa ", "NL12", "a.b-", "mevrouw ", "0-", "12 a ", "straat ", "a@", "1234 ab, "):
        started = time.process_time()
        flags(bad * (2000 // len(bad)))
        assert time.process_time() - started < 1


def test_only_what_is_certain_is_left_out_by_itself():
    text = "Mevrouw Jansen, NL91ABNA0417164300, belt met 020-1234567 over 1200 euro."
    assert without_addresses(text) == "Mevrouw Jansen, […], belt met […] over 1200 euro."
    assert without_addresses("7 van de 10 mensen.") == "7 van de 10 mensen."
