# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class JuriesConfig(AppConfig):
    name = "beproefd.discipline.juries"
    label = "juries"

    def ready(self) -> None:
        """Close the idea pages too for who may not read an idea, hear when a team grows, and warn before a lock."""
        from beproefd.discipline.challenges.queries import more_lock_warnings  # noqa: PLC0415 -- models first
        from beproefd.discipline.ideas.rules import closed_to  # noqa: PLC0415 -- models are not loaded before
        from beproefd.discipline.ideas.signals import team_grew  # noqa: PLC0415 -- idem
        from beproefd.discipline.juries.actions.interests import look_again  # noqa: PLC0415 -- idem
        from beproefd.discipline.juries.queries import closed_idea_ids  # noqa: PLC0415 -- idem
        from beproefd.discipline.juries.queries.before_lock import lock_warnings  # noqa: PLC0415 -- idem

        closed_to.append(closed_idea_ids)
        more_lock_warnings.append(lock_warnings)
        team_grew.connect(look_again, dispatch_uid="juries.look_again")
