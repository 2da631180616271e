"""Begin full refreshes that were under way anew, and learn anew which products go together."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Ask for both once more: ranges name their customers now, pairs are learned over customers."""
    cr.execute("DELETE FROM customer_refresh_range")
    cr.execute(
        "UPDATE customer_refresh_run SET state = 'requested' WHERE state IN ('facts', 'scores')"
    )
    cr.execute(
        """UPDATE customer_prediction_model SET affinity_rule = 'regression'
            WHERE affinity_rule <> 'popularity'"""
    )
    models = api.Environment(cr, SUPERUSER_ID, {})["customer.prediction.model"]
    models._request(models.search([("state", "=", "active")]).company_id)
