# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations

from beproefd.ground.audit.guards import Forbid

SEEN = "Someone has tried these screens: make a copy and change that one."


class Migration(migrations.Migration):
    dependencies = [("prototypes", "0001_initial"), ("audit", "0002_guards")]
    operations = [
        Forbid("prototypes_prototype", event="UPDATE", message=SEEN, when="OLD.locked_at IS NOT NULL"),
        Forbid("prototypes_prototype", event="DELETE", message=SEEN, when="OLD.locked_at IS NOT NULL"),
        Forbid("prototypes_screen", event="UPDATE", message=SEEN, when="OLD.locked"),
        Forbid("prototypes_screen", event="DELETE", message=SEEN, when="OLD.locked"),
        Forbid("prototypes_button", event="UPDATE", message=SEEN, when="OLD.locked"),
        Forbid("prototypes_button", event="DELETE", message=SEEN, when="OLD.locked"),
    ]
