# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from beproefd.discipline.ideas.signed_out import signed_in

from .views import deciding, judging, running

app_name = "juries"
urlpatterns = [
    path("", signed_in(judging.room), name="room"),
    path("starten/", signed_in(running.start), name="start"),
    path("zetels/nieuw/", signed_in(running.seat_new), name="seat_new"),
    path("zetels/<int:pk>/verwijderen/", signed_in(running.seat_remove), name="seat_remove"),
    path("zetels/<int:pk>/stoppen/", signed_in(running.seat_lay_down), name="seat_lay_down"),
    path("zetels/<int:pk>/oproepen/", signed_in(running.seat_activate), name="seat_activate"),
    path("verdelen/", signed_in(running.assign), name="assign"),
    path("beoordelen-openen/", signed_in(running.scoring_open), name="scoring_open"),
    path("beoordelen-sluiten/", signed_in(running.scoring_close), name="scoring_close"),
    path("herinneren/", signed_in(running.remind), name="remind"),
    path("belangen/", signed_in(running.interests), name="interests"),
    path("belangen/<int:pk>/", signed_in(running.interest_decide), name="interest_decide"),
    path("ideeen/<str:reference>/", signed_in(judging.idea), name="idea"),
    path("ideeen/<str:reference>/terugtreden/", signed_in(judging.recuse), name="recuse"),
    path("ideeen/<str:reference>/scores/<slug:key>/", signed_in(judging.change_score), name="change_score"),
    path("ideeen/<str:reference>/antwoord/", signed_in(running.answer), name="answer"),
    path("niet-eens/", signed_in(judging.dissent), name="dissent"),
    path("stand/", signed_in(deciding.standings), name="standings"),
    path("stand.csv", signed_in(deciding.standings_file), name="standings_file"),
    path("beslissen/", signed_in(running.decide), name="decide"),
    path("ongeldig/", signed_in(running.void), name="void"),
    path("besluit/", deciding.decision, name="decision"),
    path("besluit.json", deciding.decision_file, name="decision_file"),
    path("besluit.pdf", deciding.decision_pdf, name="decision_pdf"),
]
