# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from .views import board, gates, library

app_name = "portfolio"
GATES = "trajecten/<slug:slug>/<str:reference>/poorten"
urlpatterns = [
    path("portfolio/", board.board, name="board"),
    path("leren/", library.library, name="library"),
    path(f"{GATES}/", gates.overview, name="gates"),
    path(f"{GATES}/vragen/", gates.ask, name="ask"),
    path(f"{GATES}/belang/", gates.own_tie, name="own_tie"),
    path(f"{GATES}/<int:number>/", gates.request_page, name="request"),
    path(f"{GATES}/<int:number>/dossier.json", gates.dossier_file, name="dossier_file"),
    path(f"{GATES}/<int:number>/beoordelaar/", gates.name_reviewer, name="name_reviewer"),
    path(f"{GATES}/<int:number>/beoordelaar/<int:pk>/eraf/", gates.release_reviewer, name="release_reviewer"),
    path(f"{GATES}/<int:number>/band/<int:pk>/", gates.decide_tie, name="decide_tie"),
    path(f"{GATES}/<int:number>/verklaring/", gates.declare, name="declare"),
    path(f"{GATES}/<int:number>/toch-een-belang/", gates.recuse, name="recuse"),
    path(f"{GATES}/<int:number>/beoordeling/", gates.review, name="review"),
    path(f"{GATES}/<int:number>/besluit/", gates.decide, name="decide"),
]
