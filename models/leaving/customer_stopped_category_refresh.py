from datetime import date

import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ...engine.recommendation import UsualLimits, get_stopped_categories, offer_win_backs
from ..base.scope import get_column_arrays

WORTH_DAYS = 365
FIGURES = (
    "product_id",
    "first_date",
    "last_date",
    "stopped_date",
    "purchase_count",
    "gap_days",
    "other_count",
    "revenue",
    "profit",
)
KEY = ("partner_id", "category_id")


class CustomerStoppedCategory(models.Model):
    """Finding what is not bought any more, in purchases that were loaded for recommendations.

    No query per customer, no further reading of documents; a row that would not change is not
    written.
    """

    _inherit = "customer.stopped.category"

    @api.model
    def _refresh(self, company, partner_ids, lines, today):
        """Bring the stopped categories of customers of a company up to date.

        :param lines: PurchaseLines of these customers up to today
        :return: what may be offered of them, as GroupedOffers
        """
        model = self.env["customer.prediction.model"]._get_active(company)
        usual = UsualLimits.from_json(model.category_limits)
        leaving = company._get_leaving_days()
        categories = self._get_categories(lines.products)
        found = get_stopped_categories(
            lines,
            categories,
            today.toordinal(),
            usual,
            leaving and leaving.lapsed,
        )
        rows = self._prepare_rows(company, found)
        self._write_rows(company, partner_ids, rows)
        return offer_win_backs(lines, categories, found)

    @api.model
    def _get_categories(self, product_ids):
        """Return the category of each of some products as an array, -1 for none: one query."""
        keys, places = np.unique(product_ids, return_inverse=True)
        self.env["product.template"].flush_model(["categ_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT p.id, t.categ_id
                     FROM product_product p JOIN product_template t ON t.id = p.product_tmpl_id
                    WHERE p.id = ANY(%s) AND t.categ_id IS NOT NULL""",
                keys.tolist(),
            )
        )
        categories = np.full(len(keys), -1, dtype=np.int64)
        known = np.array(rows, dtype=np.int64).reshape(-1, 2)
        categories[np.searchsorted(keys, known[:, 0])] = known[:, 1]
        return categories[places]

    @api.model
    def _prepare_rows(self, company, found):
        """Return what was found as values of rows, amounts rounded to the company's currency."""
        currency = company.currency_id
        return [
            {
                "partner_id": int(found.customers[row]),
                "category_id": int(found.categories[row]),
                "product_id": int(found.products[row]) or None,
                "first_date": date.fromordinal(int(found.first_days[row])),
                "last_date": (last := date.fromordinal(int(found.last_days[row]))),
                "stopped_date": date.fromordinal(
                    last.toordinal() + int(np.floor(found.limits[row])) + 1
                ),
                "purchase_count": int(found.purchases[row]),
                "gap_days": round(float(found.gaps[row]), 1),
                "other_count": int(found.others[row]),
                "revenue": currency.round(float(found.revenues[row])),
                "profit": None
                if np.isnan(found.profits[row])
                else currency.round(float(found.profits[row])),
            }
            for row in range(len(found))
        ]

    @api.model
    def _write_rows(self, company, partner_ids, rows):
        """Delete, update and add rows of some customers, so that they are these; two statements."""
        values = SQL(
            "unnest(%s) AS f(partner_id, category_id, %s)",
            get_column_arrays(self, rows, (*KEY, *FIGURES)),
            SQL(", ").join(map(SQL.identifier, FIGURES)),
        )
        self.env.execute_query(
            SQL(
                """DELETE FROM customer_stopped_category s
                    WHERE s.company_id = %(company)s AND s.partner_id = ANY(%(partners)s)
                      AND NOT EXISTS (
                          SELECT 1 FROM %(values)s
                           WHERE f.partner_id = s.partner_id AND f.category_id = s.category_id)
                RETURNING s.id""",
                company=company.id,
                partners=list(partner_ids),
                values=values,
            )
        )
        self.env.execute_query(self._get_upsert_sql(company, values))
        self.invalidate_model()

    @api.model
    def _get_upsert_sql(self, company, values):
        """Return the statement that adds rows, and updates those that differ.

        :param values: rows ``f`` with the key and the figures
        """
        columns = self.env["customer.profile"]._get_columns
        return SQL(
            """INSERT INTO customer_stopped_category AS s
                   (profile_id, partner_id, company_id, category_id, create_uid, create_date,
                    write_uid, write_date, %(names)s)
            SELECT p.id, f.partner_id, %(company)s, f.category_id, %(uid)s,
                   NOW() AT TIME ZONE 'UTC', %(uid)s, NOW() AT TIME ZONE 'UTC', %(fresh)s
              FROM %(values)s
              JOIN customer_profile p ON p.partner_id = f.partner_id
                                     AND p.company_id = %(company)s
       ON CONFLICT (profile_id, category_id) DO UPDATE
               SET (partner_id, write_uid, write_date, %(names)s) = ROW (
                   EXCLUDED.partner_id, EXCLUDED.write_uid, EXCLUDED.write_date, %(excluded)s)
             WHERE (s.partner_id, %(current)s) IS DISTINCT FROM (
                   EXCLUDED.partner_id, %(excluded)s)
         RETURNING s.id""",
            company=company.id,
            uid=self.env.uid,
            values=values,
            names=columns(FIGURES),
            fresh=columns(FIGURES, "f"),
            current=columns(FIGURES, "s"),
            excluded=columns(FIGURES, "excluded"),
        )

    @api.model
    def _forget(self, partners):
        """Drop what is known of customers that become others: the next run finds it anew."""
        self.sudo().search([("partner_id", "in", partners.ids)]).unlink()

    # === THE LINES BEHIND === #

    @api.model
    def _get_lines_sql(self, company, stopped):
        """The invoice lines in the worth of rows of a company: ``id``, ``stopped_id``, amounts.

        From the same SQL as the purchases the worth was found in: what was kept of each line.
        """
        self.env["customer.refresh.queue"]._work_off()
        self.env.flush_all()
        history = self.env["customer.purchase.history"]
        profiles = self.env["customer.profile"].sudo()
        scope = profiles._get_scope(company, stopped.sudo().partner_id.ids)
        return SQL(
            """WITH %(sale_move)s, %(bought_line)s
            SELECT b.id, s.id AS stopped_id, -(b.balance * b.share)::float8 AS revenue,
                   -((b.balance + b.customer_cost) * b.share)::float8 AS profit
              FROM customer_stopped_category s
              JOIN bought_line b ON b.partner_id = s.partner_id
              JOIN product_product p ON p.id = b.product_id
              JOIN product_template t ON t.id = p.product_tmpl_id AND t.categ_id = s.category_id
             WHERE s.id = ANY(%(ids)s) AND b.invoice_date > s.last_date - %(days)s
               AND b.balance <> 0""",
            sale_move=history._get_kept_move_sql(scope),
            bought_line=history._get_bought_line_sql(),
            ids=stopped.ids,
            days=WORTH_DAYS,
        )
