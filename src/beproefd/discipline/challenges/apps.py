# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class ChallengesConfig(AppConfig):
    name = "beproefd.discipline.challenges"
    label = "challenges"
