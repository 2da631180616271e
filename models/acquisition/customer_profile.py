from odoo import api, fields, models
from odoo.tools import SQL

from ..base.access import GROUPS_STANDING
from ..base.scope import Scope


class CustomerProfile(models.Model):
    """Where customers came from, and from whom they buy what we could sell them."""

    _inherit = "customer.profile"

    rival_id = fields.Many2one(
        string="Buys from",
        comodel_name="res.partner",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        groups=GROUPS_STANDING,
        help="The present supplier, else the competitor, that the newest lead with one names.",
    )

    @api.model
    def _get_fact_families(self):
        return super()._get_fact_families() | {"rival": self._get_rival_facts_sql}

    @api.model
    def _get_fact_defaults(self):
        return super()._get_fact_defaults() | {"rival_id": None}

    @api.model
    def _get_rival_facts_sql(self, scope: Scope) -> SQL:
        """From whom customers buy, by their newest lead that says so: ``rival_id``.

        A lead without a company counts where its salesperson works, without one for everybody.
        """
        return SQL(
            """WITH %(contact)s
            SELECT DISTINCT ON (c.partner_id) c.partner_id,
                   COALESCE(l.customer_supplier_id, l.customer_competitor_id) AS rival_id
              FROM contact c
              JOIN crm_lead l ON l.partner_id = c.id
         LEFT JOIN res_users u ON u.id = l.user_id
             WHERE COALESCE(l.customer_supplier_id, l.customer_competitor_id) IS NOT NULL
               AND (COALESCE(l.company_id, u.company_id) IS NULL OR %(companies)s)
          ORDER BY c.partner_id, l.create_date DESC, l.id DESC""",
            contact=self._get_contact_sql(scope),
            companies=scope.where_company(SQL("COALESCE(l.company_id, u.company_id)")),
        )

    @api.model
    def _follow_refresh(self, company, facts, scope, tally):
        """Note where customers came from, and how far their referrals have come."""
        result = super()._follow_refresh(company, facts, scope, tally)
        self.env["customer.acquisition"].sudo()._collect(company, scope)
        self.env["customer.referral"].sudo()._follow(company, scope)
        return result
