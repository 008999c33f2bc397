# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from beproefd.ui import views

urlpatterns = [path("stijlgids/", views.styleguide, name="styleguide")]
