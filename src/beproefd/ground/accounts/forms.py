# SPDX-License-Identifier: EUPL-1.2
"""Forms of the accounts pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from beproefd.ui.forms import ActionForm

from .models import Role


class RolesForm(ActionForm):
    """Which roles someone holds, and whether they may sign in."""

    roles = forms.MultipleChoiceField(
        label=_("roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    active = forms.BooleanField(label=_("may sign in"), required=False, initial=True)


class AccountForm(ActionForm):
    """A new account."""

    name = forms.CharField(label=_("name"), max_length=120)
    email = forms.EmailField(label=_("e-mail address"))
    organisation = forms.CharField(label=_("organisation"), max_length=120, required=False)
    roles = forms.MultipleChoiceField(
        label=_("roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
