from odoo import api, models
from odoo.tools import SQL

from ..base.facts import FEW_CUSTOMERS


class CustomerProfile(models.Model):
    """A full run brings the recommendations up to date with the documents it has just read."""

    _inherit = "customer.profile"

    @api.model
    def _follow_refresh(self, company, facts, scope, tally):
        """Refresh the recommendations of a full run: they never stop a run of the numbers."""
        result = super()._follow_refresh(company, facts, scope, tally)
        if tally is None:
            return result
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id FROM customer_recommendation
                    WHERE company_id = %s AND state IN ('open', 'quoted') AND %s""",
                company.id,
                scope.where_key(SQL("partner_id")),
            )
        )
        partners = sorted({*facts.keys.tolist(), *(partner for (partner,) in rows)})
        offers = self.env["customer.recommendation"]
        tally.failed.update(offers._refresh_isolated(company, partners, scope.today, scope))
        return result

    @api.model
    def _rescore(self, company, partner_from, partner_to, today):
        """Recommend anew to who went over to the other group of customers up-sells go by."""
        before = self._read_top_customers(company, partner_from, partner_to)
        changed = super()._rescore(company, partner_from, partner_to, today)
        moved = before ^ self._read_top_customers(company, partner_from, partner_to)
        model = self.env["customer.prediction.model"]._get_active(company)
        if moved and model:
            self.env["customer.recommendation"]._refresh_isolated(company, sorted(moved), today)
        return changed

    @api.model
    def _stage_purchases(self, company, partner_ids, today):
        """Return the scope of customers; of many, with their documents in work tables.

        After a first run, those who moved may be half of a range.
        """
        self.env["customer.refresh.queue"]._work_off()
        self.env.flush_all()
        scope = self._get_scope(company, partner_ids, today)
        if len(partner_ids) <= FEW_CUSTOMERS:
            return scope
        work = self.env["customer.work.table"]
        return work._stage_moves(work._stage_documents(scope))

    @api.model
    def _read_top_customers(self, company, partner_from, partner_to):
        """Return who is of value class A or B in a range of customers."""
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id FROM customer_profile
                    WHERE company_id = %s AND value_class IN ('A', 'B')
                      AND partner_id BETWEEN %s AND %s""",
                company.id,
                partner_from,
                partner_to,
            )
        )
        return {partner for (partner,) in rows}
