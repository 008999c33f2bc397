# SPDX-License-Identifier: EUPL-1.2
"""Accounts and roles: opened by who may, and never without an administrator."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError

from beproefd.ground.accounts import rules
from beproefd.ground.accounts.actions import change_account, open_account
from beproefd.ground.accounts.models import Role, RoleGrant, User
from beproefd.ground.accounts.queries import possible_jurors, visible_accounts
from beproefd.ground.audit.models import Entry
from beproefd.ground.audit.queries import verify
from tests import factories

PREDICATES = {
    Role.MANAGER: rules.is_manager,
    Role.TEAM: rules.is_team_member,
    Role.JUROR: rules.is_juror,
    Role.COACH: rules.is_coach,
    Role.ADMINISTRATOR: rules.is_administrator,
}


@pytest.mark.parametrize("role", list(Role))
def test_who_holds_a_role_holds_that_one_alone(db, role):
    someone = factories.person(role)
    assert [each for each, holds in PREDICATES.items() if holds(someone)] == [role]
    assert [each for each, holds in PREDICATES.items() if holds(AnonymousUser())] == []


def test_one_person_may_hold_several_roles(db):
    someone = factories.person("manager", "juror")
    assert someone.roles == {"manager", "juror"}


def test_opening_the_same_account_twice_gives_the_same_one_with_the_roles_added(administrator):
    first = open_account(by=administrator, email="Ans@Voorbeeld.example", name="Ans", roles=["team"])
    entries = Entry.objects.count()
    again = open_account(by=administrator, email=" ans@voorbeeld.EXAMPLE ", name="Andere naam", roles=["team"])
    assert (again, again.name, Entry.objects.count()) == (first, "Ans", entries)
    more = open_account(by=administrator, email="ans@voorbeeld.example", name="Ans", roles=["juror"])
    assert more.roles == {"team", "juror"}


@pytest.mark.parametrize("email", ["", "geen-adres", "a@b", "x" * 250 + "@voorbeeld.example"])
def test_an_address_that_is_none_is_refused(administrator, email):
    with pytest.raises(ValidationError):
        open_account(by=administrator, email=email, name="Ans")


@pytest.mark.parametrize("role", ["juror", "coach", "team"])
def test_the_programme_opens_accounts_for_who_works_with_it(manager, role):
    assert open_account(by=manager, email="ans@voorbeeld.example", name="Ans", roles=[role]).roles == {role}


@pytest.mark.parametrize("role", ["manager", "administrator"])
def test_the_programme_makes_no_managers_and_no_administrators(manager, role):
    with pytest.raises(PermissionDenied):
        open_account(by=manager, email="ans@voorbeeld.example", name="Ans", roles=["juror", role])
    with pytest.raises(PermissionDenied):
        open_account(by=manager, email=manager.email, name="", roles=[role])
    assert not User.objects.filter(email="ans@voorbeeld.example").exists()


@pytest.mark.parametrize("role", ["juror", "coach", "team"])
def test_nobody_else_opens_accounts_or_gives_roles(db, role):
    someone = factories.person(role)
    for attempt in (
        lambda: open_account(by=someone, email="ans@voorbeeld.example", name="Ans"),
        lambda: change_account(by=someone, user=someone, roles=["administrator"], active=True),
        lambda: change_account(by=someone, user=someone, roles=someone.roles, active=True),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


def test_roles_are_set_exactly_and_each_change_is_logged(administrator):
    someone = factories.person("team", "coach")
    entries = Entry.objects.count()
    assert change_account(by=administrator, user=someone, roles=["team", "juror"], active=True).roles == {
        "team",
        "juror",
    }
    new = list(Entry.objects.order_by("sequence")[entries:].values_list("action", "detail__role"))
    assert new == [("withdraw_role", "coach"), ("grant_role", "juror")]
    assert verify().whole


def test_the_last_administrator_cannot_lay_the_role_down(administrator):
    with pytest.raises(ValidationError, match="at least one administrator"):
        change_account(by=administrator, user=administrator, roles=["manager"], active=True)
    assert set(User.objects.get(pk=administrator.pk).roles) == {"administrator"}
    factories.person("administrator")
    assert change_account(by=administrator, user=administrator, roles=["manager"], active=True).roles == {"manager"}


def test_an_administrator_who_may_not_sign_in_is_no_administrator_to_count_on(administrator):
    other = factories.person("administrator")
    change_account(by=administrator, user=other, roles=other.roles, active=False)
    with pytest.raises(ValidationError, match="at least one administrator"):
        change_account(by=administrator, user=administrator, roles=[], active=True)


def test_nobody_closes_the_own_account(administrator):
    with pytest.raises(ValidationError):
        change_account(by=administrator, user=administrator, roles=administrator.roles, active=False)


def test_what_someone_did_stays_when_the_account_is_closed(administrator, owner, open_challenge):
    factories.idea(owner, open_challenge)
    change_account(by=administrator, user=owner, roles=owner.roles, active=False)
    assert not User.objects.get(pk=owner.pk).is_active
    assert verify().whole


def test_the_list_of_accounts_is_for_administrators_and_the_jurors_for_the_programme(administrator, manager, jurors):
    assert visible_accounts(administrator).count() == User.objects.count()
    assert [visible_accounts(who).count() for who in (manager, jurors[0], AnonymousUser())] == [0, 0, 0]
    assert list(possible_jurors(manager)) == jurors
    assert [possible_jurors(who).count() for who in (administrator, jurors[0], AnonymousUser())] == [0, 0, 0]


def test_a_role_is_held_once_and_is_a_role(db):
    from django.db import DatabaseError, transaction  # noqa: PLC0415

    someone = factories.person("team")
    for role in ("team", "burgemeester"):
        with pytest.raises(DatabaseError), transaction.atomic():
            RoleGrant.objects.create(user=someone, role=role)


def test_addresses_differ_by_more_than_capitals(db):
    from django.db import DatabaseError, transaction  # noqa: PLC0415

    someone = factories.person()
    with pytest.raises(DatabaseError), transaction.atomic():
        User.objects.create(email=someone.email.upper(), name="Dubbel")
