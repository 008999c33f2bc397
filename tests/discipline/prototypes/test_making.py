# SPDX-License-Identifier: EUPL-1.2
"""A team makes screens, puts them in order, and makes a next version once someone has seen them."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import TestCase

from beproefd.discipline.prototypes import actions, pictures, queries
from beproefd.discipline.prototypes.actions import ButtonInput
from beproefd.discipline.prototypes.models import Prototype, Screen
from beproefd.ground.audit.chain import digest
from beproefd.ground.audit.queries import verify
from tests import factories as make
from tests.factories import prototypes as draw
from tests.factories.validation import Workshop

pytestmark = pytest.mark.django_db


def titles(prototype: Prototype) -> list[str]:
    return list(prototype.screens.order_by("position").values_list("title", flat=True))


def test_the_same_form_twice_makes_one_row(shop: Workshop) -> None:
    key = uuid.uuid4()
    values = {"title": "Spaarpot", "task": "Zet 5 euro opzij.", "question": "Wat vind je ervan?"}
    made = [actions.make_prototype(by=shop.owner, idea=shop.idea, values=values, request_key=key) for _time in range(2)]
    assert made[0] == made[1]
    assert verify().problem == ""


def test_only_the_team_and_its_coach_make_screens(shop: Workshop) -> None:
    made = draw.three_screens(shop)
    actions.add_screen(by=shop.coach, prototype=made, kind="text", values={"title": "Hulp", "text": "Bel ons."})
    for person in (shop.manager, make.person("juror"), make.person("team")):
        with pytest.raises(PermissionDenied):
            actions.add_screen(by=person, prototype=made, kind="text", values={"title": "X", "text": "Y"})
        with pytest.raises(PermissionDenied):
            actions.move_screen(by=person, screen=made.screens.first(), up=False)
    assert titles(made) == ["Begin", "Sparen", "Klaar", "Hulp"]


def test_screens_move_up_and_down_and_stay_at_the_ends(shop: Workshop) -> None:
    made = draw.three_screens(shop)
    begin, _sparen, klaar = made.screens.order_by("position")
    actions.move_screen(by=shop.owner, screen=begin, up=True)
    actions.move_screen(by=shop.owner, screen=klaar, up=False)
    assert titles(made) == ["Begin", "Sparen", "Klaar"]
    actions.move_screen(by=shop.owner, screen=klaar, up=True)
    assert titles(made) == ["Begin", "Klaar", "Sparen"]
    assert verify().problem == ""


def test_a_button_to_a_screen_that_is_taken_out_goes_to_the_next(shop: Workshop) -> None:
    made = draw.prototype(shop)
    end = draw.screen(shop, made, "Eind")
    begin = draw.screen(
        shop, made, "Begin", ButtonInput("Naar eind", "", "screen", end), ButtonInput("Klaar", "", "done")
    )
    actions.remove_screen(by=shop.owner, screen=end)
    actions.remove_screen(by=shop.owner, screen=end)
    assert list(begin.buttons.values_list("goes", "to")) == [("next", None), ("done", None)]
    assert verify().problem == ""


def test_a_button_leads_only_to_a_screen_of_the_same_row(shop: Workshop) -> None:
    made, other = draw.prototype(shop), draw.prototype(shop, title="Ander")
    elsewhere = draw.screen(shop, other)
    with pytest.raises(ValidationError):
        draw.screen(shop, made, "Begin", ButtonInput("Weg", "", "screen", elsewhere))
    with pytest.raises(ValidationError):
        draw.screen(shop, made, "Begin", *(ButtonInput(str(n)) for n in range(5)))
    assert titles(made) == []


def test_a_picture_needs_words_for_who_cannot_see_it(shop: Workshop) -> None:
    made = draw.prototype(shop)
    with pytest.raises(ValidationError) as refusal:
        actions.add_screen(
            by=shop.owner, prototype=made, kind="picture", values={"title": "Foto"}, picture=draw.picture()
        )
    assert list(refusal.value.message_dict) == ["alt"]
    with pytest.raises(ValidationError) as refusal:
        actions.add_screen(by=shop.owner, prototype=made, kind="picture", values={"title": "Foto", "alt": "Een pot"})
    assert list(refusal.value.message_dict) == ["picture"]


def test_a_text_is_at_most_200_characters(shop: Workshop) -> None:
    with pytest.raises(ValidationError) as refusal:
        draw.screen(shop, draw.prototype(shop), text="a" * 201)
    assert list(refusal.value.message_dict) == ["text"]


def test_who_writes_on_top_of_a_colleagues_change_is_told(shop: Workshop) -> None:
    screen = draw.screen(shop, draw.prototype(shop))
    seen = digest(screen)
    actions.change_screen(by=shop.coach, screen=screen, values={"title": "Van de coach"}, seen=seen)
    with pytest.raises(ValidationError):
        actions.change_screen(by=shop.owner, screen=screen, values={"title": "Van mij"}, seen=seen)
    assert Screen.objects.get().title == "Van de coach"


def test_a_new_picture_replaces_the_old_file(shop: Workshop) -> None:
    made = draw.three_screens(shop)
    screen = made.screens.get(title="Begin")
    old = screen.image
    with TestCase.captureOnCommitCallbacks(execute=True):
        actions.change_screen(by=shop.owner, screen=screen, values={}, picture=draw.picture())
    assert pictures.open_kept(old) is None
    assert pictures.open_kept(Screen.objects.get(pk=screen.pk).image) is not None


def test_the_next_version_is_a_whole_copy_and_the_old_one_keeps_its_sessions(shop: Workshop) -> None:
    made = draw.prototype(shop)
    end = draw.screen(shop, made, "Eind")
    draw.screen(shop, made, "Begin", ButtonInput("Naar eind", "arrow", "screen", end), question="Duidelijk?")
    with pytest.raises(ValidationError):
        actions.copy_prototype(by=shop.owner, prototype=made)
    draw.walk(draw.session(shop, made))
    copies = [actions.copy_prototype(by=shop.owner, prototype=made) for _time in range(2)]
    copy = copies[0]
    assert copies[1] == copy
    assert (copy.version, copy.previous, copy.is_locked, titles(copy)) == (2, made, False, ["Eind", "Begin"])
    button = copy.screens.get(title="Begin").buttons.get()
    assert (button.word, button.pictogram, button.to) == ("Naar eind", "arrow", copy.screens.get(title="Eind"))
    actions.change_screen(by=shop.owner, screen=copy.screens.get(title="Begin"), values={"title": "Anders"})
    assert titles(made) == ["Eind", "Begin"]
    assert (made.sessions.count(), copy.sessions.count()) == (1, 0)
    assert verify().problem == ""


def test_a_picture_that_an_older_version_shows_stays_when_the_copy_drops_it(shop: Workshop) -> None:
    made = draw.three_screens(shop)
    draw.walk(draw.session(shop, made))
    copy = actions.copy_prototype(by=shop.owner, prototype=made)
    screen = copy.screens.get(title="Begin")
    with TestCase.captureOnCommitCallbacks(execute=True):
        actions.remove_screen(by=shop.owner, screen=screen)
    assert pictures.open_kept(made.screens.get(title="Begin").image) is not None


def test_who_may_not_look_in_sees_nothing(shop: Workshop) -> None:
    made = draw.three_screens(shop)
    for person in (make.person("juror"), make.person("team"), make.person("coach")):
        assert list(queries.prototypes(person, shop.idea)) == []
        assert queries.screens(person, made) == []
        assert queries.sessions(person, made) == []
        assert queries.picture_for_team(person, made, made.screens.first().pk) == ""
    assert list(queries.prototypes(shop.manager, shop.idea)) == [made]
