from odoo import models
from odoo.tools import SQL


class CustomerRefreshRange(models.Model):
    """The nightly run brings the recommendations of every range of customers up to date."""

    _inherit = "customer.refresh.range"

    def _process(self):
        """Refresh recommendations after the scores: they never stop a run of the numbers."""
        scoring = self.run_id.state != "facts"
        result = super()._process()
        if scoring:
            rows = self.env.execute_query(
                SQL(
                    """SELECT partner_id FROM customer_profile
                        WHERE company_id = %(company)s
                          AND partner_id BETWEEN %(start)s AND %(end)s
                        UNION
                       SELECT partner_id FROM customer_recommendation
                        WHERE company_id = %(company)s AND state IN ('open', 'quoted')
                          AND partner_id BETWEEN %(start)s AND %(end)s""",
                    company=self.company_id.id,
                    start=self.partner_from,
                    end=self.partner_to,
                )
            )
            failed = self.env["customer.recommendation"]._refresh_isolated(
                self.company_id, [partner for (partner,) in rows], self.run_id.date
            )
            self.failed_count += len(failed)
        return result
