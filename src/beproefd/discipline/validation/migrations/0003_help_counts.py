# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations, models

from beproefd.ground.audit.guards import Forbid

LOCKED = "The first observation has locked this test card."


class Migration(migrations.Migration):
    dependencies = [("validation", "0002_guards"), ("audit", "0002_guards")]
    operations = [
        migrations.AddField(
            "testcard",
            "help_counts",
            models.BooleanField(
                default=False,
                help_text="Leave this off when it has to go without help. It cannot change after the first observation.",
                verbose_name="with help is a yes too",
            ),
        ),
        # SQLite built the table anew for the new field and lost its guards; the first now keeps that field too.
        Forbid(
            "validation_testcard",
            event="UPDATE",
            message=LOCKED,
            when="OLD.locked_at IS NOT NULL AND (NEW.design <> OLD.design OR NEW.locked_at IS NULL"
            " OR NEW.question <> OLD.question OR NEW.measure <> OLD.measure OR NEW.who <> OLD.who"
            " OR NEW.right_from <> OLD.right_from OR NEW.hope_for <> OLD.hope_for OR NEW.stakes <> OLD.stakes"
            " OR NEW.method <> OLD.method OR NEW.by_lot <> OLD.by_lot OR NEW.design_digest <> OLD.design_digest"
            " OR NEW.help_counts <> OLD.help_counts)",
        ),
        Forbid("validation_testcard", event="DELETE", message=LOCKED, when="OLD.locked_at IS NOT NULL"),
    ]
