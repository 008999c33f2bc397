# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations

from beproefd.ground.audit.guards import Forbid

SENTENCE = "A version of an idea never changes: save a new version."


class Migration(migrations.Migration):
    dependencies = [("ideas", "0001_initial"), ("audit", "0002_guards")]
    operations = [
        Forbid("ideas_ideaversion", event="UPDATE", message=SENTENCE),
        Forbid("ideas_ideaversion", event="DELETE", message=SENTENCE),
    ]
