# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class PrototypesConfig(AppConfig):
    name = "beproefd.discipline.prototypes"
    label = "prototypes"
