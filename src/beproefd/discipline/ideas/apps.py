# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class IdeasConfig(AppConfig):
    name = "beproefd.discipline.ideas"
    label = "ideas"
