# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations

from beproefd.ground.audit.guards import Forbid

DOSSIER = "What was reviewed stays as it was: ask again for a new dossier."
WRITTEN = "This was written down once and stays."
APPROVED = "What was published stays as it was approved: take it back and publish newer words."
TRACE = "This stays as a trace."


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0001_initial"), ("audit", "0002_guards")]
    operations = [
        Forbid(
            "portfolio_gaterequest",
            event="UPDATE",
            message=DOSSIER,
            when="OLD.decided_at IS NOT NULL OR NEW.dossier <> OLD.dossier OR NEW.dossier_digest <> OLD.dossier_digest"
            " OR NEW.gate <> OLD.gate OR NEW.plan <> OLD.plan OR NEW.budget_cents <> OLD.budget_cents"
            " OR NEW.idea_id <> OLD.idea_id OR NEW.number <> OLD.number OR NEW.asked_by_id <> OLD.asked_by_id"
            " OR NEW.asked_at <> OLD.asked_at",
        ),
        Forbid("portfolio_gaterequest", event="DELETE", message=DOSSIER),
        Forbid("portfolio_review", event="UPDATE", message=WRITTEN),
        Forbid("portfolio_review", event="DELETE", message=WRITTEN),
        Forbid("portfolio_decision", event="UPDATE", message=WRITTEN),
        Forbid("portfolio_decision", event="DELETE", message=WRITTEN),
        Forbid(
            "portfolio_reviewer",
            event="UPDATE",
            message=TRACE,
            when="NEW.name <> OLD.name OR NEW.organisation <> OLD.organisation OR NEW.user_id <> OLD.user_id"
            " OR NEW.request_id <> OLD.request_id OR (OLD.declared_at IS NOT NULL AND (NEW.declared_at IS NULL"
            " OR NEW.declared_at <> OLD.declared_at OR NEW.declared_free <> OLD.declared_free))",
        ),
        Forbid("portfolio_reviewer", event="DELETE", message=TRACE),
        Forbid("portfolio_tie", event="DELETE", message=TRACE),
        Forbid(
            "portfolio_publication",
            event="UPDATE",
            message=APPROVED,
            when="OLD.unpublished_at IS NOT NULL OR NEW.document <> OLD.document OR NEW.outcome <> OLD.outcome"
            " OR NEW.public_id <> OLD.public_id OR NEW.assumption_id <> OLD.assumption_id"
            " OR NEW.confirmed <> OLD.confirmed OR NEW.published_by_id <> OLD.published_by_id"
            " OR NEW.published_at <> OLD.published_at",
        ),
        Forbid("portfolio_publication", event="DELETE", message=APPROVED),
        Forbid("portfolio_importedentry", event="DELETE", message=TRACE),
    ]
