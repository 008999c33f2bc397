# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations

from beproefd.ground.audit.guards import Forbid

SENTENCE = "These criteria were published: they are neither changed nor removed."
CANVAS = "A version of the canvas never changes: save a new version."


class Migration(migrations.Migration):
    dependencies = [("challenges", "0001_initial"), ("audit", "0002_guards")]
    operations = [
        Forbid(
            "challenges_criteriaset",
            event="UPDATE",
            message=SENTENCE,
            when=(
                "OLD.state <> 'draft' AND (NEW.canonical <> OLD.canonical OR NEW.fingerprint <> OLD.fingerprint "
                "OR NEW.lottery_seed <> OLD.lottery_seed OR NEW.locked_at <> OLD.locked_at OR NEW.state = 'draft')"
            ),
        ),
        Forbid("challenges_criteriaset", event="DELETE", message=SENTENCE, when="OLD.state <> 'draft'"),
        Forbid("challenges_canvasversion", event="UPDATE", message=CANVAS),
        Forbid("challenges_canvasversion", event="DELETE", message=CANVAS),
    ]
