# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class JuriesConfig(AppConfig):
    name = "beproefd.discipline.juries"
    label = "juries"

    def ready(self) -> None:
        """Close the idea pages too for who is tied to an idea."""
        from beproefd.discipline.ideas.queries import closed_to  # noqa: PLC0415 -- models are not loaded before
        from beproefd.discipline.juries.queries import tied_idea_ids  # noqa: PLC0415 -- idem

        closed_to.append(tied_idea_ids)
