# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("prototypes", "0002_guards"), ("validation", "0003_help_counts")]
    operations = [
        migrations.AlterField("session", "help_counts", models.BooleanField(default=False, editable=False)),
    ]
