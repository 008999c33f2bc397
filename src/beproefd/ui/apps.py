# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "beproefd.ui"
    label = "ui"

    def ready(self) -> None:
        from beproefd.ui import checks  # noqa: F401, PLC0415 -- registers itself, and only once the apps are there
