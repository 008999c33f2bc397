# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations

from beproefd.ground.audit.guards import Forbid

LOCKED = "The first observation has locked this test card."
KEPT = "What was observed is never changed or removed: strike it out, with a reason."
WRITTEN = "This was written down once and stays: write a new one."


class Migration(migrations.Migration):
    dependencies = [("validation", "0001_initial"), ("audit", "0002_guards")]
    operations = [
        Forbid(
            "validation_testcard",
            event="UPDATE",
            message=LOCKED,
            when="OLD.locked_at IS NOT NULL AND (NEW.design <> OLD.design OR NEW.locked_at IS NULL"
            " OR NEW.question <> OLD.question OR NEW.measure <> OLD.measure OR NEW.who <> OLD.who"
            " OR NEW.right_from <> OLD.right_from OR NEW.hope_for <> OLD.hope_for OR NEW.stakes <> OLD.stakes"
            " OR NEW.method <> OLD.method OR NEW.by_lot <> OLD.by_lot OR NEW.design_digest <> OLD.design_digest)",
        ),
        Forbid("validation_testcard", event="DELETE", message=LOCKED, when="OLD.locked_at IS NOT NULL"),
        Forbid(
            "validation_observation",
            event="UPDATE",
            message=KEPT,
            when="(NEW.outcome IS NULL) <> (OLD.outcome IS NULL) OR NEW.outcome <> OLD.outcome"
            " OR NEW.position <> OLD.position OR NEW.arm <> OLD.arm OR NEW.card_id <> OLD.card_id"
            " OR (NEW.note <> OLD.note AND NEW.note <> '') OR NEW.place <> OLD.place"
            " OR NEW.after_verdict <> OLD.after_verdict OR (OLD.struck_at IS NOT NULL AND (NEW.struck_at IS NULL"
            " OR NEW.struck_at <> OLD.struck_at OR NEW.struck_reason <> OLD.struck_reason))",
        ),
        Forbid("validation_observation", event="DELETE", message=KEPT),
        Forbid("validation_reading", event="UPDATE", message=WRITTEN),
        Forbid("validation_reading", event="DELETE", message=WRITTEN),
        Forbid("validation_deviation", event="UPDATE", message=WRITTEN),
        Forbid("validation_deviation", event="DELETE", message=WRITTEN),
        Forbid("validation_learningcard", event="UPDATE", message=WRITTEN),
        Forbid("validation_learningcard", event="DELETE", message=WRITTEN),
        Forbid("validation_canvasrevision", event="UPDATE", message=WRITTEN),
        Forbid("validation_canvasrevision", event="DELETE", message=WRITTEN),
        Forbid("validation_testassumption", event="UPDATE", message=LOCKED),
        Forbid("validation_evidencelink", event="UPDATE", message=WRITTEN),
        Forbid("validation_evidencelink", event="DELETE", message=WRITTEN),
        Forbid("validation_evidence", event="DELETE", message=WRITTEN),
        Forbid("validation_evidence", event="UPDATE", message=WRITTEN, when="NEW.text <> OLD.text OR NEW.people <> OLD.people OR NEW.source <> OLD.source"
            " OR NEW.strength <> OLD.strength OR NEW.seen_on <> OLD.seen_on OR OLD.retracted_at IS NOT NULL"),
    ]
