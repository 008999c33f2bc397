# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracks", "0002_guards")]
    operations = [migrations.AddField("share", "salt", models.UUIDField(editable=False, null=True))]
