# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations

from beproefd.ground.audit.guards import Forbid

SENTENCE = "The decision is taken and signed: it is neither changed nor removed."
CHANGED = "A changed score keeps both values and its reason."


class Migration(migrations.Migration):
    dependencies = [("juries", "0001_initial"), ("audit", "0002_guards")]
    operations = [
        Forbid("juries_round", event="UPDATE", message=SENTENCE, when="OLD.state = 'decided'"),
        Forbid("juries_round", event="DELETE", message=SENTENCE, when="OLD.state IN ('decided', 'void')"),
        Forbid("juries_scorechange", event="UPDATE", message=CHANGED),
        Forbid("juries_scorechange", event="DELETE", message=CHANGED),
    ]
