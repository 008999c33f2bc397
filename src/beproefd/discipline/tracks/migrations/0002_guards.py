# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations

from beproefd.ground.audit.guards import Forbid

WRITTEN = "This was said once and stays: answer it, or say something new."
DECIDED = "A joint decision stays; only the done-tick of its first action can change."
CLOSED = "A closed cycle stays as it was closed."


class Migration(migrations.Migration):
    dependencies = [("tracks", "0001_initial"), ("audit", "0002_guards")]
    operations = [
        Forbid("tracks_objection", event="UPDATE", message=WRITTEN),
        Forbid("tracks_objection", event="DELETE", message=WRITTEN),
        Forbid("tracks_reply", event="UPDATE", message=WRITTEN),
        Forbid("tracks_reply", event="DELETE", message=WRITTEN),
        Forbid(
            "tracks_resolution",
            event="UPDATE",
            message=DECIDED,
            when="NEW.decision <> OLD.decision OR NEW.first_action <> OLD.first_action OR NEW.owner_id <> OLD.owner_id"
            " OR NEW.due_on <> OLD.due_on OR NEW.objection_id <> OLD.objection_id",
        ),
        Forbid("tracks_resolution", event="DELETE", message=DECIDED),
        Forbid(
            "tracks_cycle",
            event="UPDATE",
            message=CLOSED,
            when="OLD.closed_at IS NOT NULL AND (NEW.goal <> OLD.goal OR NEW.answer <> OLD.answer"
            " OR NEW.closed_at IS NULL OR NEW.starts_on <> OLD.starts_on OR NEW.ends_on <> OLD.ends_on)",
        ),
        Forbid("tracks_cycle", event="DELETE", message=CLOSED, when="OLD.closed_at IS NOT NULL"),
    ]
