# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from . import views

app_name = "accounts"
urlpatterns = [
    path("", views.account_list, name="list"),
    path("nieuw/", views.account_new, name="new"),
    path("<uuid:key>/", views.account_edit, name="edit"),
]
