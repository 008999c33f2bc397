# SPDX-License-Identifier: EUPL-1.2
"""The addresses of the library below the page itself; a namespace of their own, because Django allows no name twice."""

from django.urls import path

from .views import library

app_name = "library"
urlpatterns = [
    path("lijkt-op/", library.similar, name="similar"),
    path("export.json", library.export_file, name="export"),
    path("inlezen/", library.import_page, name="import"),
    path("<uuid:entry>/", library.entry_page, name="entry"),
    path("<uuid:entry>/publiceren/", library.publish, name="publish"),
    path("<uuid:entry>/terugnemen/", library.unpublish, name="unpublish"),
]
