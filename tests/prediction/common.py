"""Companies with years of posted invoices, written by SQL: hundreds of them take a second."""

import random
from datetime import timedelta

from odoo.tools import SQL

from ..common import CustomerValueCommon

TODAY = "2026-06-15"
COST_SHARE = 0.6


class PredictionCommon(CustomerValueCommon):
    @classmethod
    def _add_sales(cls, sales, company=None, cost_share=COST_SHARE):
        """Insert posted invoices of one line.

        :param sales: (customer id, day, amount), negative amounts make credit notes
        :param cost_share: part of the amount that is the cost; ``None``: not filled in yet
        """
        company = company or cls.company
        journal = cls.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", company.id)], limit=1
        )
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL(
                _SALES,
                partners=[customer for customer, _day, _amount in sales],
                days=[day for _customer, day, _amount in sales],
                amounts=[float(amount) for _customer, _day, amount in sales],
                share=cost_share,
                company=company.id,
                currency=company.currency_id.id,
                journal=journal.id,
                receivable=cls.env["account.account"]
                .with_company(company)
                .search([("account_type", "=", "asset_receivable")], limit=1)
                .id,
                account=journal.default_account_id.id,
            )
        )
        cls.env.invalidate_all()

    @classmethod
    def _add_customers(cls, count, name="Shopper"):
        return cls.env["res.partner"].create(
            [{"name": f"{name} {number}", "is_company": True} for number in range(count)]
        )

    @classmethod
    def _add_history(cls, customers, days=900, seed=1, company=None):
        """Give every customer a rhythm of its own; a part of them stops, some buy once."""
        dice = random.Random(seed)
        today = cls._day(TODAY)
        sales = []
        for customer in customers:
            day = today - timedelta(days=dice.randrange(30, days))
            gap = dice.choice((7, 20, 45, 90))
            stop = dice.random() * 0.2
            size = dice.uniform(50, 500)
            while day <= today:
                sales.append((customer.id, day, round(size * dice.uniform(0.5, 1.5), 2)))
                if dice.random() < stop or dice.random() < 0.08:
                    break
                day += timedelta(days=max(1, round(dice.expovariate(1 / gap))))
        cls._add_sales(sales, company)
        return sales

    @classmethod
    def _make_model(cls, company=None):
        """Have the prediction made as the cron does, without its commits."""
        models = cls.env["customer.prediction.model"]
        models._request(company or cls.company)
        request = models.search(
            [("state", "=", "requested"), ("company_id", "=", (company or cls.company).id)]
        )
        request._fit()
        cls.env.invalidate_all()
        return request

    @classmethod
    def _read_versions(cls):
        cls.env.flush_all()
        cls.env.cr.execute("SELECT id, xmin::text, ctid::text FROM customer_profile ORDER BY id")
        return cls.env.cr.fetchall()


_SALES = """
    WITH sale AS (
        SELECT ROW_NUMBER() OVER () AS n, s.*
          FROM unnest(%(partners)s::int[], %(days)s::date[], %(amounts)s::numeric[])
               AS s(partner, day, amount)
    ), move AS (
        INSERT INTO account_move (name, journal_id, currency_id, company_id, partner_id,
               commercial_partner_id, state, move_type, auto_post, date, invoice_date,
               invoice_date_due, payment_state, amount_untaxed_signed, amount_total_signed,
               amount_residual_signed, amount_untaxed, amount_total, amount_residual)
        SELECT 'FAST/' || %(company)s || '/' || n || '/' || (SELECT MAX(id) FROM account_move),
               %(journal)s, %(currency)s, %(company)s, partner, partner, 'posted',
               CASE WHEN amount < 0 THEN 'out_refund' ELSE 'out_invoice' END, 'no', day, day, day,
               'paid', amount, amount, 0, ABS(amount), ABS(amount), 0
          FROM sale
     RETURNING id, partner_id, date, amount_untaxed_signed
    ), receivable AS (
        INSERT INTO account_move_line (move_id, currency_id, company_id, company_currency_id,
               partner_id, account_id, display_type, date, date_maturity, balance,
               amount_residual, parent_state, journal_id)
        SELECT id, %(currency)s, %(company)s, %(currency)s, partner_id, %(receivable)s,
               'payment_term', date, date, amount_untaxed_signed, 0, 'posted', %(journal)s
          FROM move
    )
    INSERT INTO account_move_line (move_id, currency_id, company_id, company_currency_id,
           partner_id, account_id, display_type, quantity, date, balance, parent_state,
           journal_id, customer_cost, customer_cost_source)
    SELECT id, %(currency)s, %(company)s, %(currency)s, partner_id, %(account)s, 'product', 1,
           date, -amount_untaxed_signed, 'posted', %(journal)s,
           ROUND(amount_untaxed_signed * %(share)s::numeric, 2),
           CASE WHEN %(share)s::numeric IS NOT NULL THEN 'standard' END
      FROM move
"""
