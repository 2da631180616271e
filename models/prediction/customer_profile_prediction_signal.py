from odoo import api, fields, models
from odoo.tools import SQL

from ..base.access import GROUPS_REVENUE
from ..base.scope import YEAR

GOOD_OTIF = 0.8
# Percentage points from which a change of the discount is worth a sentence.
DISCOUNT_CHANGE = 1.0


class CustomerProfile(models.Model):
    """Facts beside a prediction that may explain it, as sentences in the reader's language."""

    _inherit = "customer.profile"

    def _get_prediction_signals(self, habits):
        """Return sentences on facts that may explain it; extended by other features.

        :param habits: row of :meth:`_get_buying_habits`, ``None`` for nothing bought in two years
        """
        self.ensure_one()
        parts = [
            self._get_complaint_signal(),
            self._get_delivery_signal(),
            self._get_category_signal(habits),
            self._get_discount_signal(habits),
        ]
        return [part for part in parts if part]

    def _get_complaint_signal(self):
        self.ensure_one()
        if not self.complaint_open_count:
            return ""
        if self.complaint_open_count == 1:
            return self.env._("A complaint is open.")
        return self.env._("%(count)s complaints are open.", count=self.complaint_open_count)

    def _get_delivery_signal(self):
        self.ensure_one()
        if self.otif_ratio is False or self.otif_ratio >= GOOD_OTIF:
            return ""
        return self.env._(
            "Of what was promised last year, %(percent)s %% arrived on time and in full.",
            percent=self._get_percent(self.otif_ratio),
        )

    def _get_category_signal(self, habits):
        """Return how many product categories are bought from, if they became more or fewer."""
        if not habits or not habits["categories"] or not habits["categories_before"]:
            return ""
        if habits["categories"] == habits["categories_before"]:
            return ""
        return self.env._(
            "Product categories bought from within a year: %(now)s, the year before: %(before)s.",
            now=habits["categories"],
            before=habits["categories_before"],
        )

    def _get_discount_signal(self, habits):
        """Return the mean discount, if it changed by a point or more, to who sees revenue."""
        if not self.env.su and not self.env.user.has_groups(GROUPS_REVENUE):
            return ""
        if not habits or habits["discount"] is None or habits["discount_before"] is None:
            return ""
        if abs(habits["discount"] - habits["discount_before"]) < DISCOUNT_CHANGE:
            return ""
        return self.env._(
            "The discount was %(now)s %% on average within a year, %(before)s %% the year before.",
            now=f"{habits['discount']:.1f}",
            before=f"{habits['discount_before']:.1f}",
        )

    def _get_buying_habits(self):
        """Return (company, customer) -> categories and mean discount of two years, one query each.

        Categories: number bought from. Discount: of the list price of what was invoiced, 0 to
        100; ``None`` in a year without an invoice. ``…_before``: the year before the last.
        """
        habits = {}
        for company, profiles in self.grouped("company_id").items():
            found = self._read_buying_habits(company, profiles.partner_id.ids)
            habits |= {(company.id, row["partner_id"]): row for row in found}
        return habits

    @api.model
    def _read_buying_habits(self, company, partner_ids):
        scope = self._get_scope(company, partner_ids)
        year = fields.Date.subtract(scope.today, days=YEAR)
        before = fields.Date.subtract(scope.today, days=2 * YEAR)
        self.env["account.move.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """WITH %(contact)s, line AS (
                    SELECT c.partner_id, m.invoice_date > %(year)s AS recent, t.categ_id,
                           -l.balance AS net,
                           -l.balance * 100 / (100 - COALESCE(l.discount, 0)) AS gross
                      FROM contact c
                      JOIN account_move m ON m.commercial_partner_id = c.id
                      JOIN account_move_line l ON l.move_id = m.id
                 LEFT JOIN product_product p ON p.id = l.product_id
                 LEFT JOIN product_template t ON t.id = p.product_tmpl_id
                     WHERE m.company_id = %(company)s
                       AND m.state = 'posted'
                       AND m.move_type IN ('out_invoice', 'out_receipt')
                       AND m.invoice_date > %(before)s AND m.invoice_date <= %(today)s
                       AND l.display_type = 'product'
                       AND NOT COALESCE(l.is_downpayment, FALSE)
                       AND l.balance < 0
                       AND COALESCE(l.discount, 0) BETWEEN 0 AND 99.99
                )
                SELECT partner_id,
                       COUNT(DISTINCT categ_id) FILTER (WHERE recent) AS categories,
                       COUNT(DISTINCT categ_id) FILTER (WHERE NOT recent) AS categories_before,
                       (100 - 100 * SUM(net) FILTER (WHERE recent)
                           / SUM(gross) FILTER (WHERE recent))::float8 AS discount,
                       (100 - 100 * SUM(net) FILTER (WHERE NOT recent)
                           / SUM(gross) FILTER (WHERE NOT recent))::float8 AS discount_before
                  FROM line
              GROUP BY partner_id""",
                contact=self._get_contact_sql(scope),
                company=company.id,
                today=scope.today,
                year=year,
                before=before,
            )
        )
        return self.env.cr.dictfetchall()
