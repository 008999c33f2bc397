# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class ValidationConfig(AppConfig):
    name = "beproefd.discipline.validation"
    label = "validation"
