# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from . import views
from .signed_out import signed_in

app_name = "ideas"
urlpatterns = [
    path("", views.idea_list, name="list"),
    path("nieuw/", views.idea_new, name="new"),
    path("lijkt-op/", views.similar, name="similar"),
    path("importeren/", signed_in(views.import_page), name="import"),
    path("importeren/voorbeeld.csv", signed_in(views.import_example), name="import_example"),
    path("<str:reference>/", signed_in(views.detail), name="detail"),
    path("<str:reference>/bewerken/", signed_in(views.idea_edit), name="edit"),
    path("<str:reference>/indienen/", signed_in(views.submit), name="submit"),
    path("<str:reference>/intrekken/", signed_in(views.withdraw), name="withdraw"),
    path("<str:reference>/versies/<int:number>/", signed_in(views.version), name="version"),
    path("<str:reference>/team/", signed_in(views.team), name="team"),
    path("<str:reference>/correctie/", signed_in(views.correction), name="correction"),
    path("<str:reference>/samenvoegen/", signed_in(views.merge), name="merge"),
]
