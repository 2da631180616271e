import logging
from datetime import timedelta

import numpy as np
import psycopg2

from odoo import api, models
from odoo.tools import SQL

from ...engine.recommendation import MIN_ALIKE, get_category_needs
from .customer_category_need import WINDOW_DAYS

_logger = logging.getLogger(__name__)

# Habits change slowly: worked out anew after so many days, and at once after a merge.
EVERY_DAYS = 7
INSERT_SIZE = 10_000
COLUMNS = (
    "partner_id",
    "category_id",
    "spent",
    "expected",
    "gap",
    "wallet_percent",
    "alike_count",
    "buyer_count",
    "is_gap",
)


class CustomerCategoryNeed(models.Model):
    """Working the needs out: one query and one pass of numpy per company."""

    _inherit = "customer.category.need"

    @api.model
    def _cron_refresh(self):
        """Work out the needs of the companies that are due, each in a transaction of its own."""
        companies = self._get_due_companies()
        for done, company in enumerate(companies, 1):
            try:
                self._refresh_company(company)
            except psycopg2.OperationalError as error:
                _logger.info("Needs of %s postponed: %s", company.name, error)
                self.env.cr.rollback()
            self.env["ir.cron"]._commit_progress(1, remaining=len(companies) - done)

    @api.model
    def _forget(self, partners):
        """Drop the needs of customers, and have those of their companies worked out tonight."""
        needs = self.sudo().search([("partner_id", "in", partners.ids)])
        companies = needs.company_id
        needs.unlink()
        self.sudo().search([("company_id", "in", companies.ids)]).write({"date": False})

    @api.model
    def _get_due_companies(self):
        """Return companies whose needs were never worked out, or not for a week."""
        companies = self.env["res.company"].sudo().search([])
        profiles = self.env["customer.profile"].sudo()
        dates = dict(self.sudo()._read_group([("date", "!=", False)], ["company_id"], ["date:max"]))
        return companies.filtered(
            lambda company: (
                not dates.get(company)
                or profiles._get_today(company) >= dates[company] + timedelta(days=EVERY_DAYS)
            )
        )

    @api.model
    def _refresh_company(self, company, today=None):
        """Replace the needs of all customers of a company.

        :param today: last day that counts, default today in the company's time zone
        :return: number of rows
        """
        today = today or self.env["customer.profile"]._get_today(company)
        first = today - timedelta(days=WINDOW_DAYS)
        rows = self._get_rows(company, first, today)
        self.env.cr.execute(
            SQL("DELETE FROM customer_category_need WHERE company_id = %s", company.id)
        )
        for start in range(0, len(rows), INSERT_SIZE):
            self._insert_rows(company, first, today, rows[start : start + INSERT_SIZE])
        self.invalidate_model()
        return len(rows)

    @api.model
    def _get_rows(self, company, first, today):
        """Return the values of COLUMNS per row: what is bought, and what is missing."""
        found = self._get_spent(company, first, today)
        blocked = self._get_blocked(company, {row[0] for row in found})
        rows = []
        for members in self._get_groups(found).values():
            rows += self._get_group_rows(members, company.currency_id, blocked)
        return rows

    @api.model
    def _get_spent(self, company, first, today):
        """Return (customer, category, amount, is company, value class), company currency."""
        self.env.flush_all()
        profiles = self.env["customer.profile"].sudo()
        scope = profiles._get_scope(company, None, today)
        return self.env.execute_query(
            SQL(
                """WITH %(contact)s
                SELECT c.partner_id, t.categ_id, -SUM(l.balance)::float8,
                       BOOL_OR(k.is_company), MAX(f.value_class)
                  FROM contact c
                  JOIN res_partner k ON k.id = c.partner_id AND k.active
                  JOIN account_move m ON m.commercial_partner_id = c.id
                  JOIN account_move_line l ON l.move_id = m.id
                  JOIN product_product p ON p.id = l.product_id
                  JOIN product_template t ON t.id = p.product_tmpl_id
             LEFT JOIN customer_profile f ON f.partner_id = c.partner_id
                                         AND f.company_id = %(company)s
                 WHERE %(companies)s AND m.state = 'posted'
                   AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                   AND m.invoice_date > %(first)s AND m.invoice_date <= %(today)s
                   AND l.display_type = 'product'
                   AND NOT COALESCE(l.is_downpayment, FALSE)
                   AND t.categ_id IS NOT NULL
              GROUP BY 1, 2
                HAVING -SUM(l.balance) > 0
              ORDER BY 1, 2""",
                contact=profiles._get_contact_sql(scope),
                company=company.id,
                companies=scope.where_company(SQL("m.company_id")),
                first=first,
                today=today,
            )
        )

    @api.model
    def _get_groups(self, found):
        """Return the rows of the customers alike, by what makes them so. Extended by others."""
        groups = {}
        for partner, category, amount, is_company, value_class in found:
            groups.setdefault((is_company, value_class), []).append((partner, category, amount))
        return groups

    @api.model
    def _get_blocked(self, company, partner_ids):
        """Return (customer, category) that are never to be recommended, sub-categories included."""
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        blocking = partners.search(
            [("id", "in", list(partner_ids)), ("customer_blocked_category_ids", "!=", False)]
        )
        paths = {
            category.id: set(map(int, category.parent_path.split("/")[:-1]))
            for category in self.env["product.category"].sudo().search([])
        }
        return {
            (partner.id, category)
            for partner in blocking
            for category, path in paths.items()
            if not path.isdisjoint(partner.customer_blocked_category_ids.ids)
        }

    @api.model
    def _get_group_rows(self, members, currency, blocked):
        customers, owners = np.unique([row[0] for row in members], return_inverse=True)
        keys, categories = np.unique([row[1] for row in members], return_inverse=True)
        amounts = np.array([row[2] for row in members])
        needs = get_category_needs(owners, categories, amounts, np.zeros(len(customers), int))
        rows = []
        for place in range(len(needs.customers)):
            partner = int(customers[needs.customers[place]])
            category = int(keys[needs.categories[place]])
            is_gap = bool(needs.is_gap[place]) and (partner, category) not in blocked
            spent = float(needs.spent[place])
            if not spent and not is_gap:
                continue
            alike, expected = int(needs.alike[place]), float(needs.expected[place])
            rows.append(
                (
                    partner,
                    category,
                    currency.round(spent),
                    currency.round(expected),
                    currency.round(max(expected - spent, 0.0)),
                    round(100 * float(needs.wallet_ratio[place]), 1)
                    if alike >= MIN_ALIKE
                    else None,
                    alike,
                    round(float(needs.buyer_ratio[place]) * alike),
                    is_gap,
                )
            )
        return rows

    @api.model
    def _insert_rows(self, company, first, today, rows):
        arrays = [list(array) for array in zip(*rows, strict=True)]
        self.env.execute_query(
            SQL(
                """INSERT INTO customer_category_need
                       (company_id, date_from, date, create_uid, create_date, partner_id,
                        category_id, spent, expected, gap, wallet_percent, alike_count,
                        buyer_count, is_gap)
                   SELECT %(company)s, %(first)s, %(today)s, %(uid)s, NOW() AT TIME ZONE 'UTC', v.*
                     FROM UNNEST(%(partner_id)s::int[], %(category_id)s::int[],
                                 %(spent)s::numeric[], %(expected)s::numeric[],
                                 %(gap)s::numeric[], %(wallet_percent)s::float8[],
                                 %(alike_count)s::int[], %(buyer_count)s::int[],
                                 %(is_gap)s::bool[]) v
                RETURNING id""",
                company=company.id,
                first=first,
                today=today,
                uid=self.env.uid,
                **dict(zip(COLUMNS, arrays, strict=True)),
            )
        )
