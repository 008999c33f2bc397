# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations, models

from beproefd.ground.audit.guards import Forbid

CANVAS = "A version of the canvas never changes: save a new version."


class Migration(migrations.Migration):
    dependencies = [("challenges", "0002_guards")]
    operations = [
        migrations.AddField(
            "canvasversion",
            "areas",
            models.CharField(
                blank=True,
                default="",
                help_text="One on each line. The board shows where nobody was heard yet.",
                max_length=1000,
                verbose_name="neighbourhoods where we work",
            ),
            preserve_default=False,
        ),
        Forbid("challenges_canvasversion", event="UPDATE", message=CANVAS),
        Forbid("challenges_canvasversion", event="DELETE", message=CANVAS),
    ]
