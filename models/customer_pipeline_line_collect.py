from datetime import timedelta

import numpy as np

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import purchase_scores, quotation_odds
from .customer_recommendation_action import OPEN_ORDER_STATES

# An order that was not invoiced for a year will hardly be.
ORDER_DAYS = 365
LEARNED_DAYS = 730
# Until there is something to learn from.
DEFAULT_DAYS_TO_INVOICE, DEFAULT_DAYS_TO_CLOSE = 7, 30


class CustomerPipelineLine(models.Model):
    """Collecting the open documents of a company: a fixed number of queries."""

    _inherit = "customer.pipeline.line"

    @api.model
    def _rebuild(self, company, today):
        """Replace the lines of a company; return the new ones."""
        self = self.sudo().with_company(company)
        self.search([("company_id", "=", company.id)]).unlink()
        rows = self._prepare_orders(company, today)
        rows += self._prepare_quotations(company, today)
        rows += self._prepare_opportunities(company, today)
        self._add_weights(company, today, rows)
        return self.create(rows)

    @api.model
    def _prepare_orders(self, company, today):
        """Return the values of confirmed orders with something left to invoice."""
        remaining = self._get_remaining(company, today)
        lag = self._get_days_to_invoice(company, today)
        rows = []
        for order in self.env["sale.order"].sudo().browse(remaining):
            ordered = self._to_day(company, order.date_order)
            due = (
                self._to_day(company, order.commitment_date)
                if order.commitment_date
                else ordered + timedelta(days=lag)
            )
            rows.append(
                self._prepare_order(order, "order", today, ordered, due)
                | {"amount": company.currency_id.round(remaining[order.id]), "chance": 1.0}
            )
        return rows

    @api.model
    def _prepare_quotations(self, company, today):
        """Return the values of open quotations."""
        orders = self._get_quotations(company)
        odds = self._get_odds(company, today)
        lag = self._get_days_to_invoice(company, today)
        created = [self._to_day(company, order.create_date) for order in orders]
        bands = odds.get_bands([(today - day).days for day in created])
        rows = []
        for order, day, band in zip(orders, created, bands, strict=True):
            due = today + timedelta(days=round(odds.waits[band]) + lag)
            amount = order.amount_untaxed / (order.currency_rate or 1.0)
            rows.append(
                self._prepare_order(order, "quotation", today, day, due)
                | {
                    "amount": company.currency_id.round(amount),
                    "chance": odds.chances[band],
                    "chance_count": odds.counts[band],
                }
            )
        return rows

    @api.model
    def _prepare_opportunities(self, company, today):
        """Return the values of open opportunities nobody has made a quotation for."""
        leads = self.env["crm.lead"].sudo().search(self._get_opportunity_domain(company))
        lag = self._get_days_to_invoice(company, today)
        wait = self._get_days_to_close(company, today)
        rows = []
        for lead in leads:
            created = self._to_day(company, lead.create_date)
            closing = lead.date_deadline or created + timedelta(days=wait)
            rows.append(
                {
                    "company_id": company.id,
                    "kind": "opportunity",
                    "lead_id": lead.id,
                    "partner_id": lead.partner_id.commercial_partner_id.id,
                    "user_id": lead.user_id.id,
                    "team_id": lead.team_id.id,
                    "stage_id": lead.stage_id.id,
                    "date": today,
                    "age_days": max((today - created).days, 0),
                    "expected_date": max(closing, today) + timedelta(days=lag),
                    "amount": company.currency_id.round(lead.expected_revenue),
                    "chance": min(max(lead.probability / 100, 0.0), 1.0),
                }
            )
        return rows

    @api.model
    def _prepare_order(self, order, kind, today, begin, due):
        return {
            "company_id": order.company_id.id,
            "kind": kind,
            "order_id": order.id,
            "lead_id": order.opportunity_id.id,
            "partner_id": order.partner_id.commercial_partner_id.id,
            "user_id": order.user_id.id,
            "team_id": order.team_id.id,
            "stage_id": order.opportunity_id.stage_id.id,
            "date": today,
            "age_days": max((today - begin).days, 0),
            "expected_date": max(due, today),
        }

    @api.model
    def _get_quotations(self, company):
        """Return the open quotations; of several ones for an opportunity only the last."""
        orders = self.env["sale.order"].sudo()
        found = orders.search(self._get_quotation_domain(company), order="id desc")
        latest = {order.opportunity_id or order: order for order in found[::-1]}
        return orders.union(*latest.values()).sorted("id")

    @api.model
    def _get_quotation_domain(self, company):
        """Domain of the quotations that count; extended by others (carts of a web shop)."""
        return Domain(
            [
                ("company_id", "=", company.id),
                ("state", "in", OPEN_ORDER_STATES),
                ("amount_untaxed", ">", 0),
            ]
        )

    @api.model
    def _get_opportunity_domain(self, company):
        """Domain of the opportunities that count; those with an order count by their orders.

        What belongs to no company counts where its salesperson does.
        """
        orders = Domain("state", "in", (*OPEN_ORDER_STATES, "sale"))
        owner = Domain("user_id.company_id", "=", company.id)
        if self.env["res.company"].sudo().search_count([], limit=2) == 1:
            owner |= Domain("user_id", "=", False)
        owner = Domain("company_id", "=", company.id) | (Domain("company_id", "=", False) & owner)
        return owner & Domain(
            [
                ("type", "=", "opportunity"),
                ("active", "=", True),
                ("won_status", "=", "pending"),
                ("expected_revenue", ">", 0),
            ]
        ) & ~Domain("order_ids", "any", orders)

    @api.model
    def _add_weights(self, company, today, rows):
        """Add how much each customer lowers the chance, and the weighted amounts, in place."""
        alive = self._get_alive(company, today, {row["partner_id"] for row in rows})
        known = [
            alive[row["partner_id"]]
            for row in rows
            if row["partner_id"] in alive and row["kind"] != "order"
        ]
        common = float(np.mean(known)) if known else 0.0
        for row in rows:
            share = alive.get(row["partner_id"])
            factor = 1.0
            if share is not None and common and row["kind"] != "order":
                factor = min(share / common, 1.0)
            weight = row["chance"] * factor
            row.update(
                alive_probability=share,
                customer_factor=factor,
                weight=weight,
                weighted_amount=company.currency_id.round(row["amount"] * weight),
            )

    @api.model
    def _get_alive(self, company, today, partner_ids):
        """Return customer -> probability of still being one, by the model in use."""
        record = self.env["customer.prediction.model"]._get_active(company)
        if not record or record.level not in ("full", "few_customers"):
            return {}
        engine, _card = record._get_engine_objects()
        forecasts = self.env["customer.sales.forecast"]
        found = {}
        for ids, facts in forecasts._iterate_facts(company, today, list(partner_ids - {False})):
            history = facts.history
            values = purchase_scores.get_alive_probability(
                engine.process, history.repeats, history.last, history.age
            )
            found |= dict(zip(ids, values.tolist(), strict=True))
        return {partner: value for partner, value in found.items() if np.isfinite(value)}

    @api.model
    def _get_remaining(self, company, today):
        """Return order -> what is still to be invoiced of it, without taxes, company currency.

        Down payments were invoiced before, and are deducted from the final invoice.
        """
        self.env["sale.order.line"].flush_model()
        self.env["sale.order"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT f.id, f.remaining
                     FROM (SELECT o.id,
                                  SUM(CASE WHEN l.is_downpayment
                                           THEN -l.price_unit * l.qty_invoiced
                                           ELSE l.price_subtotal * GREATEST(
                                               1 - COALESCE(l.qty_invoiced, 0)
                                                   / NULLIF(l.product_uom_qty, 0), 0)
                                      END) / COALESCE(NULLIF(o.currency_rate, 0), 1) AS remaining
                             FROM sale_order o
                             JOIN sale_order_line l
                               ON l.order_id = o.id AND l.display_type IS NULL
                            WHERE o.company_id = %(company)s
                              AND o.state = 'sale'
                              AND o.invoice_status <> 'invoiced'
                              AND o.date_order >= %(first)s
                         GROUP BY o.id, o.currency_rate) f
                    WHERE f.remaining > 0
                 ORDER BY f.id""",
                company=company.id,
                first=today - timedelta(days=ORDER_DAYS),
            )
        )
        return {order: float(amount) for order, amount in rows}

    @api.model
    def _get_odds(self, company, today):
        """Return what the company's quotations of the last two years say about open ones."""
        self.env["sale.order"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT EXTRACT(EPOCH FROM %(today)s::date + 1 - create_date) / 86400.0,
                          EXTRACT(EPOCH FROM CASE state
                                  WHEN 'sale' THEN date_order
                                  WHEN 'cancel' THEN write_date
                                  ELSE %(today)s::date + 1 END - create_date) / 86400.0,
                          state = 'sale'
                     FROM sale_order
                    WHERE company_id = %(company)s
                      AND amount_untaxed > 0
                      AND create_date >= %(first)s AND create_date < %(today)s::date + 1""",
                company=company.id,
                today=today,
                first=today - timedelta(days=LEARNED_DAYS),
            )
        )
        columns = list(zip(*rows, strict=True)) if rows else [(), (), ()]
        ages = [np.array(column, dtype=float) for column in columns[:2]]
        return quotation_odds.learn(*ages, np.array(columns[2], dtype=bool))

    @api.model
    def _get_days_to_invoice(self, company, today):
        """Return the median of days from an order to its first invoice, in the last 365 days."""
        [(days,)] = self.env.execute_query(
            SQL(
                """SELECT PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY f.days)
                     FROM (SELECT GREATEST(MIN(m.invoice_date) - o.date_order::date, 0) AS days
                             FROM sale_order o
                             JOIN sale_order_line l ON l.order_id = o.id
                             JOIN sale_order_line_invoice_rel r ON r.order_line_id = l.id
                             JOIN account_move_line i ON i.id = r.invoice_line_id
                             JOIN account_move m ON m.id = i.move_id
                            WHERE o.company_id = %s AND o.state = 'sale'
                              AND o.date_order >= %s
                              AND m.state = 'posted' AND m.move_type = 'out_invoice'
                         GROUP BY o.id, o.date_order) f""",
                company.id,
                today - timedelta(days=ORDER_DAYS),
            )
        )
        return DEFAULT_DAYS_TO_INVOICE if days is None else days

    @api.model
    def _get_days_to_close(self, company, today):
        """Return the median of days until an opportunity was won, in the last 365 days."""
        [(days,)] = self.env.execute_query(
            SQL(
                """SELECT PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY day_close)
                     FROM crm_lead
                    WHERE (company_id = %s OR company_id IS NULL) AND won_status = 'won'
                      AND day_close IS NOT NULL AND date_closed >= %s""",
                company.id,
                today - timedelta(days=ORDER_DAYS),
            )
        )
        return DEFAULT_DAYS_TO_CLOSE if days is None else round(days)

    @api.model
    def _to_day(self, company, moment):
        """Return the day a UTC moment falls on in the company's time zone."""
        record = self.with_context(tz=self.env["customer.profile"]._get_timezone(company))
        return fields.Datetime.context_timestamp(record, moment).date()
