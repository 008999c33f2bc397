# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from .signed_out import signed_in
from .views import programme, reading, team, writing

app_name = "ideas"
urlpatterns = [
    path("", reading.idea_list, name="list"),
    path("nieuw/", writing.idea_new, name="new"),
    path("lijkt-op/", writing.similar, name="similar"),
    path("importeren/", signed_in(programme.import_page), name="import"),
    path("importeren/voorbeeld.csv", signed_in(programme.import_example), name="import_example"),
    path("uitnodiging/<uuid:key>/", signed_in(team.invitation), name="invitation"),
    path("<str:reference>/", signed_in(reading.detail), name="detail"),
    path("<str:reference>/bewerken/", signed_in(writing.idea_edit), name="edit"),
    path("<str:reference>/indienen/", signed_in(reading.submit), name="submit"),
    path("<str:reference>/intrekken/", signed_in(reading.withdraw), name="withdraw"),
    path("<str:reference>/versies/<int:number>/", signed_in(reading.version), name="version"),
    path("<str:reference>/team/", signed_in(team.team), name="team"),
    path("<str:reference>/correctie/", signed_in(programme.correction), name="correction"),
    path("<str:reference>/samenvoegen/", signed_in(programme.merge), name="merge"),
]
