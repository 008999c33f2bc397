# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class PrototypesConfig(AppConfig):
    name = "beproefd.discipline.prototypes"
    label = "prototypes"

    def ready(self) -> None:
        """The faces of people stand beside the outcome of a test in the log of evidence."""
        from beproefd.discipline.validation.queries import beside_the_outcome  # noqa: PLC0415 -- models first

        from .queries import faces_beside  # noqa: PLC0415 -- models first

        beside_the_outcome.append(faces_beside)
