# SPDX-License-Identifier: EUPL-1.2
"""The accounts pages, for administrators."""

import uuid

from allauth.account.forms import ResetPasswordForm
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from .actions import change_account, open_account
from .forms import AccountForm, RolesForm
from .queries import visible_accounts
from .rules import is_administrator


def account_list(request: HttpRequest) -> HttpResponse:
    """Everyone with an account."""
    if not is_administrator(request.user):
        raise Http404
    return render(request, "accounts/list.html", {"accounts": visible_accounts(request.user)})


def account_new(request: HttpRequest) -> HttpResponse:
    """Open an account; the person gets a mail to choose a password."""
    if not is_administrator(request.user):
        raise Http404
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = open_account(by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            invitation = ResetPasswordForm({"email": user.email})
            if invitation.is_valid():
                invitation.save(request)
            messages.success(
                request, _("The account is open. %(name)s gets a mail to choose a password.") % {"name": user.name}
            )
            return redirect("accounts:list")
    return render(request, "accounts/form.html", {"form": form, "title": _("Open an account")})


def account_edit(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Give or withdraw roles, close or reopen an account."""
    user = get_object_or_404(visible_accounts(request.user), key=key)
    form = RolesForm(request.POST or None, initial={"roles": list(user.roles), "active": user.is_active})
    if request.method == "POST" and form.is_valid():
        try:
            change_account(by=request.user, user=user, **form.cleaned_data)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:list")
    return render(request, "accounts/form.html", {"form": form, "title": user.name, "account": user})
