# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from .views import running

app_name = "tracks"
IDEA = "<slug:slug>/<str:reference>/"
urlpatterns = [
    path("", running.track_list, name="list"),
    path(f"{IDEA}openen/", running.open_track, name="open"),
    path(IDEA, running.home, name="home"),
    path(f"{IDEA}plannen/", running.plan, name="plan"),
    path(f"{IDEA}start/", running.start, name="start"),
    path(f"{IDEA}rondes/<int:number>/", running.cycle, name="cycle"),
    path(f"{IDEA}verder/", running.resume, name="resume"),
    path(f"{IDEA}afronden/", running.finish, name="finish"),
]
