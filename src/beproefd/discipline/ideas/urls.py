# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from . import views

app_name = "ideas"
urlpatterns = [
    path("", views.idea_list, name="list"),
    path("nieuw/", views.idea_new, name="new"),
    path("lijkt-op/", views.similar, name="similar"),
    path("importeren/", views.import_page, name="import"),
    path("importeren/voorbeeld.csv", views.import_example, name="import_example"),
    path("<str:reference>/", views.detail, name="detail"),
    path("<str:reference>/bewerken/", views.idea_edit, name="edit"),
    path("<str:reference>/indienen/", views.submit, name="submit"),
    path("<str:reference>/intrekken/", views.withdraw, name="withdraw"),
    path("<str:reference>/versies/<int:number>/", views.version, name="version"),
    path("<str:reference>/team/", views.team, name="team"),
    path("<str:reference>/correctie/", views.correction, name="correction"),
    path("<str:reference>/samenvoegen/", views.merge, name="merge"),
]
