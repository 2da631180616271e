"""Companies with posted invoices of several products, written by SQL."""

from datetime import timedelta

from odoo.tools import SQL

from ..prediction.common import TODAY, PredictionCommon

COST_SHARE = 0.6


class RecommendationCommon(PredictionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls.env["product.category"].create({"name": "Furniture"})

    @classmethod
    def _add_products(cls, *names, **values):
        return cls.env["product.product"].create(
            [
                {
                    "name": name,
                    "type": "consu",
                    "list_price": 100.0,
                    "standard_price": 60.0,
                    "categ_id": cls.category.id,
                    "taxes_id": [],
                    **values,
                }
                for name in names
            ]
        )

    @classmethod
    def _add_purchases(cls, purchases, company=None):
        """Insert posted invoices.

        :param purchases: (customer id, day, [(product id, quantity, amount)]); documents with
            negative amounts are credit notes of the latest invoice with one of their products
        """
        company = company or cls.company
        journal = cls.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", company.id)], limit=1
        )
        numbers = [n for n, (_c, _d, lines) in enumerate(purchases) for _line in lines]
        lines = [line for _c, _d, lines in purchases for line in lines]
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL(
                _PURCHASES,
                partners=[customer for customer, _day, _lines in purchases],
                days=[day for _customer, day, _lines in purchases],
                totals=[float(sum(line[2] for line in lines)) for _c, _d, lines in purchases],
                numbers=numbers,
                products=[line[0] for line in lines],
                quantities=[abs(float(line[1])) for line in lines],
                amounts=[float(line[2]) for line in lines],
                share=COST_SHARE,
                company=company.id,
                currency=company.currency_id.id,
                journal=journal.id,
                account=journal.default_account_id.id,
            )
        )
        cls.env.cr.execute(_NAMES)
        cls.env.invalidate_all()

    @classmethod
    def _refresh(cls, *customers, company=None, today=TODAY):
        """Refresh recommendations; return the ids of the rows written."""
        partner_ids = [partner.id for customer in customers for partner in customer]
        return cls.env["customer.recommendation"]._refresh(
            company or cls.company, partner_ids, cls._day(today)
        )

    @classmethod
    def _get(cls, customer, *states, kind=None, company=None):
        domain = [
            ("partner_id", "=", customer.id),
            ("state", "in", states or ("open",)),
            ("company_id", "=", (company or cls.company).id),
        ]
        if kind:
            domain.append(("kind", "=", kind))
        return cls.env["customer.recommendation"].search(domain, order="kind, rank, id")

    @classmethod
    def _read_recommendation_versions(cls):
        cls.env.flush_all()
        cls.env.cr.execute(
            "SELECT id, xmin::text, ctid::text FROM customer_recommendation ORDER BY id"
        )
        return cls.env.cr.fetchall()

    def _assert_products(self, recommendations, products):
        self.assertEqual(
            recommendations.product_id.mapped("name"), [product.name for product in products]
        )


class OfferCommon(RecommendationCommon):
    """Four customers have desk and lamp, the fifth only the desk: the lamp is on offer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.env.user | cls.salesperson | cls.accountant | cls.own_salesperson).lang = "en_US"
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})
        cls.today = cls._day(TODAY)
        cls.desk, cls.lamp = cls._add_products("Desk", "Lamp")
        cls.buyers = cls._add_customers(6)
        cls._sell_pairs(cls.buyers[:4])
        cls._add_purchases([(cls.buyers[4].id, cls._ago(60), [(cls.desk.id, 1, 100)])])
        cls.model = cls._make_model()
        cls.asker = cls.buyers[4]
        cls._refresh(cls.asker)
        cls.lamp_offer = cls._get(cls.asker)

    @classmethod
    def _ago(cls, days):
        return cls.today - timedelta(days=days)

    @classmethod
    def _sell_pairs(cls, customers, company=None):
        both = [(cls.desk.id, 1, 100), (cls.lamp.id, 1, 100)]
        cls._add_purchases([(customer.id, cls._ago(60), both) for customer in customers], company)


_PURCHASES = """
    WITH sale AS (
        SELECT ROW_NUMBER() OVER () - 1 AS n, s.*
          FROM unnest(%(partners)s::int[], %(days)s::date[], %(totals)s::numeric[])
               AS s(partner, day, amount)
    ), move AS (
        INSERT INTO account_move (name, ref, journal_id, currency_id, company_id, partner_id,
               commercial_partner_id, state, move_type, auto_post, date, invoice_date,
               invoice_date_due, payment_state, amount_untaxed_signed, amount_total_signed,
               amount_residual_signed, amount_untaxed, amount_total, amount_residual)
        SELECT 'FASTP/' || %(company)s || '/' || n || '/' || (SELECT MAX(id) FROM account_move),
               n, %(journal)s, %(currency)s, %(company)s, partner, partner, 'posted',
               CASE WHEN amount < 0 THEN 'out_refund' ELSE 'out_invoice' END, 'no', day, day, day,
               'paid', amount, amount, 0, ABS(amount), ABS(amount), 0
          FROM sale
     RETURNING id, ref::int AS n, date
    )
    INSERT INTO account_move_line (move_id, currency_id, company_id, company_currency_id,
           partner_id, account_id, display_type, product_id, quantity, date, balance,
           parent_state, journal_id, customer_cost, customer_cost_source)
    SELECT m.id, %(currency)s, %(company)s, %(currency)s, s.partner, %(account)s, 'product',
           l.product, l.quantity, m.date, -l.amount, 'posted', %(journal)s,
           ROUND(l.amount * %(share)s::numeric, 2), 'product'
      FROM unnest(%(numbers)s::int[], %(products)s::int[], %(quantities)s::numeric[],
                  %(amounts)s::numeric[]) AS l(n, product, quantity, amount)
      JOIN move m ON m.n = l.n
      JOIN sale s ON s.n = l.n
"""

_NAMES = """
    UPDATE account_move c
       SET reversed_entry_id = (
           SELECT m.id
             FROM account_move m
             JOIN account_move_line l ON l.move_id = m.id
             JOIN account_move_line g ON g.move_id = c.id AND g.product_id = l.product_id
            WHERE m.move_type = 'out_invoice' AND m.partner_id = c.partner_id
              AND m.company_id = c.company_id AND m.invoice_date <= c.invoice_date
         ORDER BY m.invoice_date DESC, m.id DESC
            LIMIT 1)
     WHERE c.move_type = 'out_refund' AND c.reversed_entry_id IS NULL
"""
