# SPDX-License-Identifier: EUPL-1.2
"""Accounts."""

from itertools import count

from beproefd.ground.accounts.actions import open_account
from beproefd.ground.accounts.models import User

PASSWORD = "een lange zin die niemand raadt"
_numbers = count(1)


def person(*roles: str, name: str = "", organisation: str = "", email: str = "") -> User:
    """Someone with these roles; every call is someone else."""
    number = next(_numbers)
    name = name or f"Persoon {number}"
    return open_account(
        by="the tests",
        email=email or f"persoon-{number}@voorbeeld.example",
        name=name,
        organisation=organisation,
        roles=roles,
        password=PASSWORD,
    )
