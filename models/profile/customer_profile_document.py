from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.scope import Scope


class CustomerProfile(models.Model):
    """Which documents exactly a number was measured on: the SQL of the facts, document by document.

    Lists behind numbers that no domain can describe search with it, so that they can never
    disagree with the number.
    """

    _inherit = "customer.profile"

    @api.model
    def _get_purchase_documents_sql(self, scope: Scope) -> SQL:
        """The documents that make the purchase days: ``id``, ``partner_id``."""
        return SQL(
            """WITH %s
            SELECT m.id, m.partner_id
              FROM sale_move m
              JOIN occasion o ON o.partner_id = m.partner_id AND o.day = m.invoice_date
             WHERE m.move_type <> 'out_refund' AND NOT m.reversed""",
            self._get_occasion_sql(scope),
        )

    @api.model
    def _get_paid_documents_sql(self, scope: Scope) -> SQL:
        """The invoices paid in the last 365 days: ``id``, ``partner_id``, ``days_late``."""
        return SQL(
            """WITH %s, %s, %s
            SELECT move_id AS id, partner_id, paid_date - invoice_date_due AS days_late
              FROM settled
             WHERE in_year""",
            self._get_sale_move_sql(scope),
            self._get_overdue_sql(scope),
            self._get_paid_sql(scope),
        )

    @api.model
    def _get_billed_documents_sql(self, scope: Scope) -> SQL:
        """The invoices of the last 365 days in the paid share: ``id``, ``partner_id``."""
        return SQL(
            "WITH %s SELECT id, partner_id FROM billed_document", self._get_billed_sql(scope)
        )

    @api.model
    def _get_promised_lines_sql(self, scope: Scope) -> SQL:
        """The order lines of OTIF: ``id``, ``partner_id``, ``is_on_time``, ``days_late``."""
        return SQL(
            "WITH %s SELECT line_id AS id, partner_id, is_on_time, days_late FROM judged",
            self._get_judged_sql(scope),
        )

    @api.model
    def _search_documents(self, make_sql, operator, value):
        """Search documents by the customer whose number they were counted in.

        :param make_sql: method from scope to SQL with ``id``, of the current companies
        """
        if operator != "in":
            return NotImplemented
        partner_ids = [partner for partner in value if partner]
        if not partner_ids:
            return Domain.FALSE
        self.env.flush_all()
        parts = [
            SQL("SELECT id FROM (%s) AS counted", make_sql(self._get_scope(company, partner_ids)))
            for company in self.env.companies
        ]
        return Domain("id", "in", SQL("(%s)", SQL(" UNION ALL ").join(parts)))

    @api.model
    def _read_documents(self, make_sql, documents, partners):
        """Return id -> row of the documents that were counted: one query per company."""
        self.env.flush_all()
        wanted = set(documents.ids)
        rows = {}
        for company in documents.company_id:
            query = make_sql(self._get_scope(company, partners.ids))
            rows |= {row["id"]: row for row in self.env.execute_query_dict(query)}
        return {key: row for key, row in rows.items() if key in wanted}
