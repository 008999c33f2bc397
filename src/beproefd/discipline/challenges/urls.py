# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from . import views

app_name = "challenges"
urlpatterns = [
    path("", views.challenge_list, name="list"),
    path("nieuw/", views.challenge_new, name="new"),
    path("<slug:slug>/", views.detail, name="detail"),
    path("<slug:slug>/intake/openen/", views.intake_open, name="open_intake"),
    path("<slug:slug>/intake/sluiten/", views.intake_close, name="close_intake"),
    path("<slug:slug>/canvas/", views.canvas_edit, name="canvas_edit"),
    path("<slug:slug>/canvas/versies/", views.canvas_versions, name="canvas_history"),
    path("<slug:slug>/canvas/versies/<int:number>/", views.canvas_version, name="canvas_version"),
    path("<slug:slug>/kaarten/", views.stimuli, name="stimuli"),
    path("<slug:slug>/kaarten/nieuw/", views.stimulus_form, name="stimulus_new"),
    path("<slug:slug>/kaarten/trekken/", views.draw, name="draw"),
    path("<slug:slug>/kaarten/<int:pk>/", views.stimulus_form, name="stimulus_edit"),
    path("<slug:slug>/criteria/", views.criteria, name="criteria"),
    path("<slug:slug>/criteria/regels/", views.criteria_rules, name="criteria_rules"),
    path("<slug:slug>/criteria/nieuw/", views.criterion_form, name="criterion_new"),
    path("<slug:slug>/criteria/vastleggen/", views.criteria_lock, name="criteria_lock"),
    path("<slug:slug>/criteria/nieuwe-versie/", views.criteria_new_version, name="criteria_new_version"),
    path("<slug:slug>/criteria/v<int:version>.json", views.criteria_file, name="criteria_file"),
    path("<slug:slug>/criteria/<slug:key>/", views.criterion_form, name="criterion_edit"),
    path("<slug:slug>/criteria/<slug:key>/verwijderen/", views.criterion_remove, name="criterion_remove"),
]
