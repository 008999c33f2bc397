# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from .views import deciding, judging, running

app_name = "juries"
urlpatterns = [
    path("", judging.room, name="room"),
    path("starten/", running.start, name="start"),
    path("zetels/nieuw/", running.seat_new, name="seat_new"),
    path("zetels/<int:pk>/verwijderen/", running.seat_remove, name="seat_remove"),
    path("zetels/<int:pk>/oproepen/", running.seat_activate, name="seat_activate"),
    path("verdelen/", running.assign, name="assign"),
    path("beoordelen-openen/", running.scoring_open, name="scoring_open"),
    path("beoordelen-sluiten/", running.scoring_close, name="scoring_close"),
    path("herinneren/", running.remind, name="remind"),
    path("belangen/", running.interests, name="interests"),
    path("belangen/<int:pk>/", running.interest_decide, name="interest_decide"),
    path("ideeen/<str:reference>/", judging.idea, name="idea"),
    path("ideeen/<str:reference>/terugtreden/", judging.recuse, name="recuse"),
    path("ideeen/<str:reference>/scores/<slug:key>/", judging.change_score, name="change_score"),
    path("ideeen/<str:reference>/antwoord/", running.answer, name="answer"),
    path("niet-eens/", judging.dissent, name="dissent"),
    path("stand/", deciding.standings, name="standings"),
    path("stand.csv", deciding.standings_file, name="standings_file"),
    path("beslissen/", running.decide, name="decide"),
    path("ongeldig/", running.void, name="void"),
    path("besluit/", deciding.decision, name="decision"),
    path("besluit.json", deciding.decision_file, name="decision_file"),
    path("besluit.pdf", deciding.decision_pdf, name="decision_pdf"),
]
