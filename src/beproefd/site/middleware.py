# SPDX-License-Identifier: EUPL-1.2
"""The language someone chose, what only one person may see, and refusals that no form caught: those become a page that says what happened."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, ValidationError
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from beproefd.discipline.ideas.signed_out import typed_again


class LanguageMiddleware:
    """Dutch unless the visitor chose English here. The language of the browser is no choice: phones come set to English."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate the chosen language for this request."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def too_large(request: HttpRequest) -> HttpResponse:
    """The page for a request that is too large."""
    sentence = _("What you sent is larger than 8 MB. Nothing was saved. Make it shorter and try again.")
    return render(request, "site/refused.html", {"sentences": [sentence]}, status=413)


class PrivateMiddleware:
    """What someone sees who is signed in is for that person alone: no shelf on the way or on a shared computer keeps it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Say so, unless the page said something itself."""
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class TypedMiddleware:
    """Whose session ended while writing gets the text back, in every room. The refusal stays what it was: what is hidden looks like what is not there."""

    ROOMS = ("/uitdagingen/", "/trajecten/", "/portfolio/", "/leren/", "/accounts/")
    NO_ACCOUNT = "/trajecten/akkoord/"  # the link of a line manager

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Show it instead of the refusal; nothing was saved either way."""
        response = self.get_response(request)
        refused = response.status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
        if not refused or request.method != "POST" or request.user.is_authenticated:
            return response
        if not request.path.startswith(self.ROOMS) or request.path.startswith(self.NO_ACCOUNT):
            return response
        again = typed_again(request)
        if again is None:
            return response
        again.status_code = response.status_code
        return again


class RefusalMiddleware:
    """Turn a ValidationError from an action into a 409 page, and a request that is too large into a 413 page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; an address that only takes a button's press answers a visit with a page instead of nothing."""
        if "\0" in request.path:  # PostgreSQL cannot look such a text up
            raise Http404
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return too_large(request)  # before anything reads it: Django itself puts no bound on files
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or response.content:
            return response
        sentence = _("This address belongs to a button. Nothing was changed. Go back and press the button there.")
        shown = render(request, "site/refused.html", {"sentences": [sentence]}, status=response.status_code)
        shown.headers["Allow"] = response.headers.get("Allow", "POST")
        return shown

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """The page for a refusal; other problems go on to Django."""
        if isinstance(problem, RequestDataTooBig):
            return too_large(request)
        if isinstance(problem, DataError):  # PostgreSQL: a NUL, or a number that fits nowhere
            sentence = _("This request could not be read. Nothing was saved. Go back and try again.")
            return render(request, "site/refused.html", {"sentences": [sentence]}, status=400)
        if isinstance(problem, ValidationError):
            return render(request, "site/refused.html", {"sentences": problem.messages}, status=409)
        return None
