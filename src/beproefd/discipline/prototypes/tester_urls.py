# SPDX-License-Identifier: EUPL-1.2
"""The addresses that open on any phone, without an account."""

from django.urls import path

from .views import trying

app_name = "trying"
urlpatterns = [
    path("klaar/", trying.goodbye, {"how": "done"}, name="done"),
    path("gestopt/", trying.goodbye, {"how": "stopped"}, name="stopped"),
    path("niet-meegedaan/", trying.goodbye, {"how": "declined"}, name="declined"),
    path("bewaard/", trying.goodbye, {"how": "kept"}, name="kept"),
    path("<str:token>/", trying.welcome, name="welcome"),
    path("<str:token>/stoppen/", trying.stop, name="stop"),
    path("<str:token>/bewaren/", trying.keep, name="keep"),
    path("<str:token>/plaatjes/<int:screen>/", trying.picture, name="picture"),
    path("<str:token>/<int:at>/", trying.step, name="step"),
]
