# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations

from beproefd.ground.audit.guards import Forbid

SENTENCE = "The log is append-only: entries are neither changed nor removed."


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        Forbid("audit_entry", event="UPDATE", message=SENTENCE),
        Forbid("audit_entry", event="DELETE", message=SENTENCE),
    ]
