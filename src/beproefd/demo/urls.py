# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from . import views

app_name = "demo"
urlpatterns = [
    path("", views.roles, name="roles"),
    path("word/", views.become, name="become"),
    path("probeer/", views.try_out, name="try"),
]
