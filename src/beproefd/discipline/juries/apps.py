# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class JuriesConfig(AppConfig):
    name = "beproefd.discipline.juries"
    label = "juries"
