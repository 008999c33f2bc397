# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    name = "beproefd.discipline.portfolio"
    label = "portfolio"

    def ready(self) -> None:
        """Who is tied to an idea does not see its work either; a team that must stop sees that as its next step."""
        from beproefd.discipline.tracks.queries.home import must_stop  # noqa: PLC0415 -- models first
        from beproefd.discipline.validation.rules import closed_work  # noqa: PLC0415 -- models first

        from .queries.gates import told_to_stop  # noqa: PLC0415 -- models first
        from .rules import tied_idea_ids  # noqa: PLC0415 -- models first

        closed_work.append(tied_idea_ids)
        must_stop.append(told_to_stop)
