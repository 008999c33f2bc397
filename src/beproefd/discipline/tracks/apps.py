# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class TracksConfig(AppConfig):
    name = "beproefd.discipline.tracks"
    label = "tracks"
