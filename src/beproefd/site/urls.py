# SPDX-License-Identifier: EUPL-1.2
"""All addresses. Dutch, because people read them."""

from django.conf import settings
from django.urls import include, path
from django.views.i18n import set_language

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("taal/", set_language, name="set_language"),
    path("privacy/", views.page_about("privacy"), name="privacy"),
    path("toegankelijkheid/", views.page_about("accessibility"), name="accessibility"),
    path("contact/", views.page_about("contact"), name="contact"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("account/", include("allauth.urls")),
    path("accounts/", include("beproefd.ground.accounts.urls")),
    path("logboek/", views.audit_log, name="audit_log"),
    path("", include("beproefd.ui.urls")),
    path("uitdagingen/", include("beproefd.discipline.challenges.urls")),
    path("uitdagingen/<slug:slug>/ideeen/", include("beproefd.discipline.ideas.urls")),
    path("uitdagingen/<slug:slug>/jury/", include("beproefd.discipline.juries.urls")),
    path("trajecten/", include("beproefd.discipline.tracks.urls")),
    path("", include("beproefd.discipline.portfolio.urls")),  # gates, board and library stand at three places
    path("leren/", include("beproefd.discipline.portfolio.library_urls")),
    path("trajecten/<slug:slug>/<str:reference>/", include("beproefd.discipline.validation.urls")),
    path("trajecten/<slug:slug>/<str:reference>/schermen/", include("beproefd.discipline.prototypes.urls")),
    path("proef/", include("beproefd.discipline.prototypes.tester_urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("beproefd.demo.urls")))

handler400 = "beproefd.site.views.bad_request"
