from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.access import GROUPS_PROFIT, GROUPS_REVENUE
from ..base.facts import round_amounts
from ..base.nullable import NullableMonetary
from ..base.scope import YEAR, Scope

WINDOWS = ("total", "365")


class CustomerProfile(models.Model):
    """Cost to serve and net profit: counted drivers times the rates of the company."""

    _inherit = "customer.profile"

    cost_to_serve_total = fields.Monetary(
        string="Cost to serve", readonly=True, groups=GROUPS_PROFIT
    )
    cost_to_serve_365 = fields.Monetary(
        string="Cost to serve, last 365 days", readonly=True, groups=GROUPS_PROFIT
    )
    net_profit_total = NullableMonetary(
        string="Net profit",
        readonly=True,
        groups=GROUPS_PROFIT,
        help="Gross profit less cost to serve since the first invoice.",
    )
    net_profit_365 = NullableMonetary(
        string="Net profit, last 365 days", readonly=True, groups=GROUPS_PROFIT
    )

    bad_debt_amount_total = fields.Monetary(
        string="Bad debt",
        readonly=True,
        groups=GROUPS_REVENUE,
        help="What was written off of the customer's debts.",
    )
    bad_debt_amount_365 = fields.Monetary(
        string="Bad debt, last 365 days", readonly=True, groups=GROUPS_REVENUE
    )
    cash_discount_amount_total = fields.Monetary(
        string="Cash discounts",
        readonly=True,
        groups=GROUPS_PROFIT,
        help="Discounts taken for paying early, without taxes. They lower the gross profit.",
    )
    cash_discount_amount_365 = fields.Monetary(
        string="Cash discounts, last 365 days", readonly=True, groups=GROUPS_PROFIT
    )

    @api.model
    def _get_fact_families(self):
        return super()._get_fact_families() | {"cash_discount": self._get_discount_facts_sql}

    @api.model
    def _get_fact_defaults(self):
        return super()._get_fact_defaults() | {
            "bad_debt_amount_total": 0,
            "bad_debt_amount_365": 0,
            "cash_discount_amount_total": 0,
            "cash_discount_amount_365": 0,
        }

    @api.model
    def _get_written_off_sql(self, scope: Scope) -> SQL:
        """CTE ``written_off``, after ``settlement``: what each entry wrote off, to the cent."""
        return SQL(
            """written_off AS (
                SELECT partner_id, line_id, date, ROUND(SUM(lost), %s) AS amount
                  FROM settlement
                 WHERE lost > 0 AND date <= %s
              GROUP BY partner_id, line_id, date
            )""",
            self.env["res.company"].browse(scope.company_id).currency_id.decimal_places,
            scope.today,
        )

    @api.model
    def _get_discount_accounts_sql(self) -> SQL:
        """Ids of the accounts Odoo books cash discounts of customers on."""
        return SQL("SELECT account_journal_early_pay_discount_loss_account_id FROM res_company")

    @api.model
    def _get_discount_known_sql(self) -> SQL:
        """Whether anybody ever took a cash discount: if not, no payment is read for it."""
        return SQL(
            """EXISTS (SELECT FROM (%s) AS a (id) WHERE (
                SELECT MIN(date) FROM account_move_line WHERE account_id = a.id) IS NOT NULL)""",
            self._get_discount_accounts_sql(),
        )

    @api.model
    def _get_cash_discount_sql(self, scope: Scope) -> SQL:
        """CTEs up to ``discount``: the lines of cash discounts taken, ``id``, ``partner_id``.

        Those of the entries that took something off receivables. They are the customer's whose
        document is settled, whoever paid; without one, whose name is on the receivables.
        OFFSET keeps PostgreSQL from joining all contacts to find the few who took one.
        """
        return SQL(
            """%(contact)s, settling AS (
                SELECT o.move_id
                  FROM (%(receivable_lines)s) o
                 WHERE o.balance < 0
                 UNION
                SELECT o.move_id
                  FROM (%(due_lines)s) d
                  JOIN account_partial_reconcile r ON r.debit_move_id = d.id
                  JOIN account_move_line o ON o.id = r.credit_move_id
                 WHERE %(companies)s
            ), discount AS (
                SELECT l.partner_id, l.id, l.date, l.balance
                  FROM (SELECT l.id, l.date, l.balance, (
                               SELECT p.commercial_partner_id
                                 FROM res_partner p WHERE p.id = %(taker)s) AS partner_id
                          FROM settling s
                          JOIN account_move e ON e.id = s.move_id AND e.move_type = 'entry'
                                             AND e.state = 'posted' AND e.date <= %(today)s
                          JOIN account_move_line l ON l.move_id = e.id
                                                  AND l.account_id IN (%(accounts)s)
                         WHERE %(is_known)s
                           AND NOT EXISTS (SELECT FROM account_move b
                                            WHERE b.reversed_entry_id = e.id
                                              AND b.state = 'posted')
                        OFFSET 0) l
                 WHERE %(customer)s
            )""",
            contact=self._get_contact_sql(scope),
            accounts=self._get_discount_accounts_sql(),
            is_known=self._get_discount_known_sql(),
            taker=self._get_discount_taker_sql(),
            receivable_lines=self.env["customer.given.back"]._get_receivable_line_sql(scope),
            due_lines=self._get_due_line_sql(scope),
            companies=scope.where_company(SQL("o.company_id")),
            customer=scope.where_customer(SQL("l.partner_id")),
            today=scope.today,
        )

    @api.model
    def _get_due_line_sql(self, scope: Scope) -> SQL:
        """SELECT of the ids of what is to be paid of sale documents, after ``contact``."""
        if scope.staged:
            return SQL(
                """SELECT due_line_id AS id FROM customer_work_document WHERE due_count = 1
                    UNION ALL
                   SELECT l.id
                     FROM customer_work_document m
                     JOIN account_move_line l ON l.move_id = m.id AND l.balance > 0
                    WHERE m.due_count > 1"""
            )
        return SQL(
            """SELECT l.id
                 FROM contact c
                 JOIN account_move m ON m.commercial_partner_id = c.id AND m.state = 'posted'
                                    AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                 JOIN account_move_line l ON l.move_id = m.id AND l.balance > 0"""
        )

    @api.model
    def _get_discount_taker_sql(self) -> SQL:
        """The partner a discount ``l`` was given to: one, so that nobody else has it as well.

        In nobody's name it is nobody's where several owe something in the entry.
        """
        return SQL(
            """(SELECT COALESCE(m.commercial_partner_id, o.partner_id)
                  FROM account_move_line o
                  JOIN account_account a ON a.id = o.account_id
                                        AND a.account_type = 'asset_receivable'
             LEFT JOIN account_partial_reconcile r ON r.credit_move_id = o.id
             LEFT JOIN account_move_line d ON d.id = r.debit_move_id
             LEFT JOIN account_move m ON m.id = d.move_id AND m.state = 'posted'
                   AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
             LEFT JOIN res_partner n ON n.id = o.partner_id
             LEFT JOIN res_partner t ON t.id = l.partner_id
                 WHERE o.move_id = l.move_id AND o.balance < 0
                   AND CASE WHEN t.id IS NOT NULL
                            THEN n.commercial_partner_id = t.commercial_partner_id
                            ELSE (SELECT COUNT(DISTINCT x.partner_id)
                                    FROM account_move_line x
                                    JOIN account_account b ON b.id = x.account_id
                                     AND b.account_type = 'asset_receivable'
                                   WHERE x.move_id = l.move_id) < 2 END
              ORDER BY m.id, o.id
                 LIMIT 1)"""
        )

    @api.model
    def _get_written_off_lines_sql(self, scope: Scope) -> SQL:
        """The journal items in the bad debts: ``id``, ``partner_id``, ``amount`` written off."""
        return SQL(
            """WITH %s, %s, %s, %s
            SELECT line_id AS id, partner_id, amount
              FROM written_off""",
            self._get_sale_move_sql(scope),
            self._get_instalment_sql(scope),
            self._get_settlement_sql(scope),
            self._get_written_off_sql(scope),
        )

    @api.model
    def _get_discount_lines_sql(self, scope: Scope) -> SQL:
        """The journal items of the cash discounts: ``id``, ``partner_id``."""
        discount = self._get_cash_discount_sql(scope)
        return SQL("WITH %s SELECT id, partner_id FROM discount", discount)

    @api.model
    def _get_discount_facts_sql(self, scope: Scope) -> SQL:
        """Cash discounts taken per window, in company currency."""
        return SQL(
            """WITH %s
            SELECT partner_id, SUM(balance) AS cash_discount_amount_total,
                   COALESCE(SUM(balance) FILTER (WHERE date > %s), 0) AS cash_discount_amount_365
              FROM discount
          GROUP BY partner_id""",
            self._get_cash_discount_sql(scope),
            fields.Date.subtract(scope.today, days=YEAR),
        )

    @api.model
    def _get_cost_drivers(self):
        """Return driver field (without window suffix) -> rate in company currency per unit.

        Extended by every feature that makes serving a customer cost something.
        """
        company = self.env.company.sudo()  # a rate tells less than the cost it is shown with
        return {
            "order_line_count": company.customer_cost_per_order_line,
            "delivery_count": company.customer_cost_per_delivery,
            "return_count": company.customer_cost_per_return,
            "late_amount_days": company.customer_capital_cost_percent / 100 / 365,
            "bad_debt_amount": 1.0,
        }

    @api.model
    def _add_profit(self, facts):
        """Add cost to serve and net profit in company currency to facts, in place.

        Cash discounts come off the gross profit. Every driver is rounded by itself: the list of
        the parts adds up to the number.
        """
        currency = self.env.company.currency_id
        rates = self._get_cost_drivers()
        for window in WINDOWS:
            parts = (
                round_amounts(facts.numbers(f"{name}_{window}") * rate, currency)
                for name, rate in rates.items()
            )
            cost = round_amounts(sum(parts), currency)
            gross = round_amounts(
                facts.numbers(f"gross_profit_{window}")
                - facts.numbers(f"cash_discount_amount_{window}"),
                currency,
            )
            facts[f"gross_profit_{window}"] = gross
            facts[f"cost_to_serve_{window}"] = cost
            facts[f"net_profit_{window}"] = round_amounts(gross - cost, currency)

    @api.model
    def _get_metric_documents(self):
        metrics = {}
        for window in WINDOWS:
            metrics[f"cost_to_serve_{window}"] = (
                "customer.profit.part",
                partial(self._get_cost_part_domain, window),
            )
            metrics[f"net_profit_{window}"] = (
                "customer.profit.part",
                partial(self._get_profit_part_domain, window),
            )
        return super()._get_metric_documents() | metrics | self._get_payment_cost_documents()

    @api.model
    def _get_payment_cost_documents(self):
        """Return the documents of what customers were asked for and did not pay."""
        lines = "account.move.line"
        return {
            "bad_debt_amount_total": (lines, self._get_written_off_domain),
            "bad_debt_amount_365": (lines, self._get_year_written_off_domain),
            "cash_discount_amount_total": (lines, self._get_cash_discount_domain),
            "cash_discount_amount_365": (lines, self._get_year_cash_discount_domain),
        }

    def _get_written_off_domain(self):
        """Domain of the lines of ``bad_debt_amount_total``."""
        return self._get_counted_domain("customer_written_off_of_id")

    def _get_year_written_off_domain(self):
        """Domain of the lines that wrote off what ``bad_debt_amount_365`` is."""
        return self._get_written_off_domain() & self._get_year_entry_domain()

    def _get_cash_discount_domain(self):
        """Domain of the lines whose balances add up to ``cash_discount_amount_total``."""
        return self._get_counted_domain("customer_discount_of_id")

    def _get_year_cash_discount_domain(self):
        """Domain of the lines whose balances add up to ``cash_discount_amount_365``."""
        return self._get_cash_discount_domain() & self._get_year_entry_domain()

    def _get_year_entry_domain(self):
        """Domain of the journal items of the last 365 days."""
        year = fields.Date.subtract(self._get_today(self.company_id), days=YEAR)
        return Domain("date", ">", year)

    def _get_profit_part_domain(self, window):
        """Domain of the parts whose amounts add up to ``net_profit_<window>``."""
        self.ensure_one()
        return Domain([("profile_id", "=", self.id), ("window", "=", window)])

    def _get_cost_part_domain(self, window):
        """Domain of the parts whose costs add up to ``cost_to_serve_<window>``."""
        return self._get_profit_part_domain(window) & Domain("part", "!=", "gross_profit")

    def _get_profit_line_domain(self):
        """Domain of the invoice lines whose profits add up to ``gross_profit_total``."""
        lines = Domain("display_type", "in", ("product", "rounding")) & Domain(
            "move_id", "any", self._get_sale_move_domain()
        )
        return lines | self._get_cash_discount_domain()

    def _get_year_profit_line_domain(self):
        """Domain of the invoice lines and discounts that add up to ``gross_profit_365``."""
        lines = Domain("display_type", "in", ("product", "rounding")) & Domain(
            "move_id", "any", self._get_year_sale_move_domain()
        )
        return lines | self._get_year_cash_discount_domain()
