# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("juries", "0002_guards")]
    operations = [
        migrations.AddField("answer", "based_on", models.CharField(blank=True, default="", max_length=64)),
        migrations.AddField("seat", "left_reason", models.CharField(blank=True, default="", max_length=500)),
    ]
