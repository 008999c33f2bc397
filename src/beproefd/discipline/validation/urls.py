# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from .views import cards, evidence, learning, observing, register

app_name = "validation"
urlpatterns = [
    path("aannames/", register.assumptions, name="assumptions"),
    path("aannames/nieuw/", register.assumption_new, name="assumption_new"),
    path("aannames/groepen/", register.groups, name="groups"),
    path("aannames/<int:number>/", register.assumption, name="assumption"),
    path("aannames/<int:number>/wijzigen/", register.assumption_edit, name="assumption_edit"),
    path("aannames/<int:number>/status/", register.override, name="override"),
    path("aannames/<int:number>/vervallen/", register.retire, name="retire"),
    path("tests/", cards.card_list, name="cards"),
    path("tests/nieuw/", cards.card_new, name="card_new"),
    path("tests/<int:number>/", cards.card, name="card"),
    path("tests/<int:number>/wijzigen/", cards.card_edit, name="card_edit"),
    path("tests/<int:number>/starten/", cards.start, name="card_start"),
    path("tests/<int:number>/afronden/", cards.finish, name="card_finish"),
    path("tests/<int:number>/stoppen/", cards.drop, name="card_drop"),
    path("tests/<int:number>/afwijking/", cards.deviation, name="deviation"),
    path("tests/<int:number>/stand/", observing.live, name="live"),
    path("tests/<int:number>/waarnemen/", observing.observe, name="observe"),
    path("tests/<int:number>/stapel/", observing.pile, name="pile"),
    path("tests/<int:number>/waarnemingen/<int:position>/", observing.strike, name="strike"),
    path("tests/<int:number>/waarnemingen/<int:position>/opmerking/", observing.note, name="note"),
    path("bewijs/", evidence.log, name="evidence"),
    path("bewijs/nieuw/", evidence.evidence_new, name="evidence_new"),
    path("bewijs/<int:number>/", evidence.entry, name="evidence_entry"),
    path("leren/", learning.cards, name="learning"),
    path("canvas/", learning.canvas, name="canvas"),
    path("canvas/wijzigen/", learning.canvas_edit, name="canvas_edit"),
    path("canvas/<int:number>/", learning.canvas_revision, name="canvas_revision"),
]
