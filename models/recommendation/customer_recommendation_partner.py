from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# Two years of hit rates; nobody looks further back.
KEPT_DAYS = 730
DECIDED_STATES = ("accepted", "rejected", "expired")


class CustomerRecommendation(models.Model):
    """Recommendations of a customer: how many, where to see them, where they go."""

    _inherit = "customer.recommendation"

    @api.model
    def _count_open(self, company, customers):
        """Return customer id -> number of open recommendations in a company."""
        groups = self._read_group(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", customers.ids),
                ("state", "=", "open"),
            ],
            ["partner_id"],
            ["__count"],
        )
        return {customer.id: count for customer, count in groups}

    @api.model
    def _get_customer_action(self, customer):
        """Return the action that lists the recommendations for one customer."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Recommendations for %(customer)s", customer=customer.display_name),
            "res_model": self._name,
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": [("partner_id", "=", customer.id)],
            "context": {"search_default_open": 1},
        }

    @api.model
    def _follow(self, partners):
        """Give the recommendations of partners to their customers of today, as they are."""
        self.env.flush_all()
        moved = self.env.execute_query(
            SQL(
                """UPDATE customer_recommendation r
                      SET partner_id = p.commercial_partner_id
                     FROM res_partner p
                    WHERE p.id = r.partner_id AND p.commercial_partner_id <> p.id
                      AND p.id = ANY(%s)
                RETURNING r.id""",
                partners.ids,
            )
        )
        if moved:
            self.invalidate_model(["partner_id"])

    @api.autovacuum
    def _gc_recommendations(self):
        """Delete what was decided long ago, after :data:`KEPT_DAYS`: hits and misses alike."""
        limit = fields.Date.today() - timedelta(days=KEPT_DAYS)
        self.search([("state", "in", DECIDED_STATES), ("date", "<", limit)]).unlink()
