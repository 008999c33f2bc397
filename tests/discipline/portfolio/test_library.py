# SPDX-License-Identifier: EUPL-1.2
"""What was learned: failures included, searchable, and public only in approved words."""

import uuid
from dataclasses import replace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from beproefd.discipline.ideas.for_rooms_above import end_follow_up, pivot_idea
from beproefd.discipline.portfolio import actions
from beproefd.discipline.portfolio.models import Publication, Tie
from beproefd.discipline.portfolio.queries import library as queries
from beproefd.discipline.portfolio.queries.library import Asked
from beproefd.discipline.validation import actions as work
from beproefd.ground.audit.queries import verify
from tests import factories
from tests.factories import person, portfolio

pytestmark = pytest.mark.django_db


@pytest.fixture
def tested(shop):
    """An assumption that turned out wrong, with what was learned."""
    about = factories.assumption(shop, "Mensen met schulden willen eerst sparen")
    portfolio.settle(shop, about, "contradicts")
    portfolio.learn(shop, [about], learned="Zonder vast inkomen begint niemand aan sparen.")
    return about


def statements(items):
    return [item.entry.statement for item in items]


# What is in it


def test_what_failed_is_in_it_with_what_was_learned(shop, tested):
    [item] = queries.own_learning(shop.manager)
    assert (item.entry.outcome, item.is_failure) == ("fails", True)
    assert item.entry.learning == "Zonder vast inkomen begint niemand aan sparen."


def test_what_was_never_tested_is_not_in_it(shop):
    factories.assumption(shop, "Dit weet niemand")
    once = factories.assumption(shop, "Hier zei één iemand iets over")
    factories.evidence(shop, once, strength=1)
    assert queries.own_learning(shop.manager) == []


def test_a_finished_test_without_a_clear_answer_is_in_it(shop):
    about = factories.assumption(shop, "Het kan beide kanten op", belief=1)
    card = factories.card(shop, [about])
    factories.observe(shop, card, [True] * 9)
    work.finish_card(by=shop.owner, card=card)
    for number in range(3):
        factories.evidence(shop, about, "contradicts", strength=3, text=f"Nee {number}")
    [item] = queries.own_learning(shop.manager)
    assert item.entry.outcome in {"mixed", "fails", "unclear"}
    assert {figure.name: figure.value for figure in item.entry.figures}["tests_done"] == 1


def test_the_own_say_of_a_team_is_no_outcome_on_the_shelf_nor_in_public(shop, tested):
    work.override_status(by=shop.owner, assumption=tested, status="supported", reason="Wij denken van wel.")
    assert [item.entry.outcome for item in queries.own_learning(shop.manager)] == ["fails"]
    portfolio.publish(shop, tested)
    assert [entry.outcome for entry in queries.export().entries] == ["fails"]


def test_the_own_say_of_a_team_makes_nothing_tested(shop):
    once = factories.assumption(shop, "Hier zei één iemand iets over")
    factories.evidence(shop, once, strength=1)
    work.override_status(by=shop.owner, assumption=once, status="supported", reason="Wij denken van wel.")
    assert queries.own_learning(shop.manager) == []


def test_every_figure_has_a_date_and_a_source(shop, tested, settings):
    [item] = queries.own_learning(shop.manager)
    assert all(figure.as_of == item.entry.tested_on for figure in item.entry.figures)
    assert {figure.source for figure in item.entry.figures} == {f"{settings.ORGANISATION}, registratie van bewijs"}
    assert {figure.name: figure.value for figure in item.entry.figures}["evidence_against"] == 3


def test_a_stopped_idea_is_harvested_by_itself(shop, tested):
    end_follow_up(by=shop.manager, idea=shop.idea)
    assert statements(queries.own_learning(shop.manager)) == [tested.statement]


def test_what_a_stop_teaches_is_found_however_little_evidence_there_was(shop):
    about = factories.assumption(shop, "Iedereen leest het bedrag op het scherm")
    running = factories.card(shop, [about])
    factories.observe(shop, running, [False])
    factories.evidence(shop, about, "contradicts", strength=1)
    portfolio.learn(shop, [about], learned="Bewoners lezen het bedrag niet goed af.", decision="stop")
    work.drop_card(by=shop.owner, card=running, reason="Gestopt.")
    end_follow_up(by=shop.manager, idea=shop.idea)
    other = factories.workshop()
    assert statements(queries.search(queries.own_learning(other.manager), Asked("bedrag"))) == [about.statement]
    assert statements(queries.similar(other.owner, "Iedereen leest een bedrag op een scherm")) == [about.statement]
    assert queries.own_learning(shop.manager)[0].entry.outcome == "unclear"
    assert portfolio.publish(shop, about).outcome == "unclear"


def test_what_an_heir_learned_itself_stands_there_too(shop, tested):
    child = pivot_idea(by=shop.owner, idea=shop.idea, values={"title": "Nazorg"}, request_key=uuid.uuid4())
    work.inherit_assumptions(by=shop.owner, parent=shop.idea, child=child)
    assert statements(queries.own_learning(shop.manager)) == [tested.statement]
    heir = replace(shop, idea=child)
    portfolio.learn(heir, list(child.assumptions.all()), learned="Met een maatje wel.")
    assert sorted(item.entry.learning for item in queries.own_learning(shop.manager)) == [
        "Met een maatje wel.",
        "Zonder vast inkomen begint niemand aan sparen.",
    ]


def test_what_came_along_with_a_pivot_stands_there_once(shop, tested):
    child = pivot_idea(by=shop.owner, idea=shop.idea, values={"title": "Nazorg"}, request_key=uuid.uuid4())
    work.inherit_assumptions(by=shop.owner, parent=shop.idea, child=child)
    assert statements(queries.own_learning(shop.manager)) == [tested.statement]


def test_the_public_id_stays_the_same_and_is_not_the_key_of_the_row(shop, tested):
    first = queries.own_learning(shop.manager)[0].entry.id
    portfolio.settle(shop, tested, "contradicts", pieces=1)
    assert queries.own_learning(shop.manager)[0].entry.id == first != str(tested.request_key)


# Who reads what


def test_who_works_on_the_challenges_reads_it_and_others_only_what_is_public(shop, tested):
    for one in (shop.manager, shop.coach, shop.owner, shop.jury.owners[1], person("coach")):
        assert statements(queries.readable(one)) == [tested.statement]
    for one in (AnonymousUser(), person("juror"), person("administrator")):
        assert queries.readable(one) == []
    portfolio.publish(shop, tested, statement="Sparen lukt niet met schulden")
    for one in (AnonymousUser(), person("juror"), person("administrator")):
        assert statements(queries.readable(one)) == ["Sparen lukt niet met schulden"]


def test_who_is_tied_to_an_idea_reads_only_what_is_public_of_it(shop, tested):
    tied = person("manager")
    Tie.objects.create(idea=shop.idea, user=tied, kind="financial", note="Aandelen.")
    assert queries.readable(tied) == []
    assert queries.publishable(tied, queries.public_id(tested)) is None
    with pytest.raises(PermissionDenied):
        actions.publish_entry(by=tied, assumption=tested, **portfolio.WORDS, confirmed={})
    portfolio.publish(shop, tested)
    assert statements(queries.readable(tied)) == [tested.statement]


# Searching


def test_words_kind_group_and_outcome_find_it(shop, tested):
    other = factories.assumption(shop, "De bibliotheek doet mee met laptops", kind="partner")
    portfolio.settle(shop, other)
    items = queries.own_learning(shop.manager)
    found = {
        "words": Asked(words="sparen met een schuld"),
        "part": Asked(words="vast inkomen"),
        "kind": Asked(kind="desirable"),
        "outcome": Asked(outcome="fails"),
    }
    for asked in found.values():
        assert statements(queries.search(items, asked)) == [tested.statement]
    assert statements(queries.search(items, Asked(words="xyzzy"))) == []
    assert len(queries.search(items, Asked())) == 2


def test_what_someone_types_brings_up_at_most_three_similar_ones(shop):
    for number in range(5):
        about = factories.assumption(shop, f"Mensen willen sparen met een maatje, vorm {number}")
        portfolio.settle(shop, about)
    assert len(queries.similar(shop.owner, "Willen mensen met een maatje sparen?")) == 3
    assert queries.similar(shop.owner, "   ") == []
    assert queries.similar(AnonymousUser(), "Willen mensen met een maatje sparen?") == []


# Publishing


def test_only_the_programme_publishes(shop, tested):
    for one in (shop.owner, shop.coach, person("juror"), person("administrator")):
        with pytest.raises(PermissionDenied):
            actions.publish_entry(by=one, assumption=tested, **portfolio.WORDS, confirmed={})
        with pytest.raises(PermissionDenied):
            actions.unpublish_entry(by=one, assumption=tested, reason="Toch niet.")


def test_what_was_not_tested_cannot_be_published(shop):
    with pytest.raises(ValidationError, match="not tested"):
        actions.publish_entry(by=shop.manager, assumption=factories.assumption(shop), **portfolio.WORDS, confirmed={})


def test_publishing_waits_until_every_flag_is_changed_or_has_a_reason(shop, tested):
    words = {"statement": "Mevrouw Jansen wil sparen", "learning": "Mail naar saar@voorbeeld.nl", "target_group": ""}
    values = {"by": shop.manager, "assumption": tested}
    with pytest.raises(actions.FlaggedError) as refusal:
        actions.publish_entry(**values, **words, confirmed={})
    assert [(where, flag.kind) for where, flag in refusal.value.found] == [("statement", "name"), ("learning", "email")]
    assert Publication.objects.count() == 0
    name = actions.flag_key(*refusal.value.found[0])
    with pytest.raises(actions.FlaggedError):
        actions.publish_entry(**values, **words, confirmed={name: "Een verzonnen naam uit een liedje."})
    changed = words | {"learning": "Mail werkt niet"}
    published = actions.publish_entry(**values, **changed, confirmed={name: "Een verzonnen naam uit een liedje."})
    assert "Een verzonnen naam uit een liedje." in published.confirmed
    assert published.entry.learning == "Mail werkt niet"


def test_a_reason_for_one_text_does_not_let_another_through(shop, tested):
    with pytest.raises(actions.FlaggedError) as refusal:
        portfolio.publish(shop, tested, learning="Vraag meneer Bakker")
    key = actions.flag_key(*refusal.value.found[0])
    with pytest.raises(actions.FlaggedError):
        actions.publish_entry(
            by=shop.manager, assumption=tested, statement="Sparen", learning="Vraag meneer Visser", target_group="",
            confirmed={key: "Mag."},
        )  # fmt: skip


def test_the_public_words_are_the_approved_ones_whatever_the_team_writes_later(shop, tested):
    portfolio.publish(shop, tested, learning="Goedgekeurde woorden.")
    portfolio.learn(shop, [tested], learned="Nieuwe, niet gekeurde woorden over mevrouw Jansen.")
    assert [item.entry.learning for item in queries.published()] == ["Goedgekeurde woorden."]
    assert [entry.learning for entry in queries.export().entries] == ["Goedgekeurde woorden."]


def test_the_same_sending_is_one_publication_and_newer_words_take_the_place(shop, tested):
    key = uuid.uuid4()
    values = {"by": shop.manager, "assumption": tested, **portfolio.WORDS, "confirmed": {}}
    first = actions.publish_entry(**values, request_key=key)
    assert actions.publish_entry(**values, request_key=key) == first
    assert actions.publish_entry(**values) == first
    newer = portfolio.publish(shop, tested, learning="Beter gezegd.")
    assert newer.public_id == first.public_id
    assert [item.entry.learning for item in queries.published()] == ["Beter gezegd."]


def test_taken_back_it_is_gone_from_the_page_and_the_file_and_leaves_a_trace(shop):
    tested = factories.assumption(shop)
    portfolio.settle(shop, tested)
    portfolio.publish(shop, tested)
    with pytest.raises(ValidationError, match="Say why"):
        actions.unpublish_entry(by=shop.manager, assumption=tested, reason=" ")
    assert actions.unpublish_entry(by=shop.manager, assumption=tested, reason="Iemand was te herkennen.")
    assert actions.unpublish_entry(by=shop.manager, assumption=tested, reason="Nog eens.") is None
    assert (queries.published(), queries.export().entries) == ([], ())
    assert Publication.objects.get().unpublish_reason == "Iemand was te herkennen."
    assert verify().problem == ""


def test_approved_words_cannot_be_changed_in_the_database(shop, tested):
    row = portfolio.publish(shop, tested)
    for change in (lambda: Publication.objects.filter(pk=row.pk).update(document="{}"), row.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_the_programme_sees_when_the_outcome_changed_after_publishing(shop, tested):
    portfolio.publish(shop, tested)
    assert [item.is_changed for item in queries.own_learning(shop.manager)] == [False]
    portfolio.settle(shop, tested, pieces=8)
    assert [item.is_changed for item in queries.own_learning(shop.manager)] == [True]


def test_words_that_the_format_cannot_hold_are_refused_at_the_field(shop, tested):
    with pytest.raises(ValidationError) as refusal:
        portfolio.publish(shop, tested, learning="x" * 2001)
    assert list(refusal.value.error_dict) == ["learning"]
