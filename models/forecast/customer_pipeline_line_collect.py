from datetime import timedelta

import numpy as np

from odoo import api, models
from odoo.fields import Domain

from ..guard.customer_date_bounds import bound_day
from ..recommendation.customer_recommendation_action import OPEN_ORDER_STATES
from .customer_pipeline_line_facts import LEARNED_DAYS


class CustomerPipelineLine(models.Model):
    """Collecting the open documents of a company: a fixed number of queries."""

    _inherit = "customer.pipeline.line"

    @api.model
    def _rebuild(self, company, today):
        """Replace the lines of a company; return the new ones."""
        self = self.sudo().with_company(company)
        self.search([("company_id", "=", company.id)]).unlink()
        lag = self._get_days_to_invoice(company, today)
        rows = self._prepare_orders(company, today, lag)
        rows += self._prepare_quotations(company, today, lag)
        rows += self._prepare_opportunities(company, today, lag)
        self._add_weights(company, rows)
        return self.create(rows)

    @api.model
    def _prepare_orders(self, company, today, lag):
        """Return the values of confirmed orders with something left to invoice."""
        remaining = self._get_remaining(company, today)
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
                | {"amount": company.currency_id.round(remaining[order.id]), "win_probability": 1.0}
            )
        return rows

    @api.model
    def _prepare_quotations(self, company, today, lag):
        """Return the values of open quotations."""
        orders = self._get_quotations(company, today)
        odds = self._get_odds(company, today)
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
                    "win_probability": odds.win_probabilities[band],
                    "quotation_count": odds.counts[band],
                }
            )
        return rows

    @api.model
    def _prepare_opportunities(self, company, today, lag):
        """Return the values of open opportunities nobody has made a quotation for."""
        leads = self.env["crm.lead"].sudo().search(self._get_opportunity_domain(company))
        wait = self._get_days_to_close(company, today)
        rows = []
        for lead in leads:
            created = self._to_day(company, lead.create_date)
            closing = bound_day(lead.date_deadline or created + timedelta(days=wait))
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
                    "win_probability": min(max(lead.probability / 100, 0.0), 1.0),
                }
            )
        return rows

    @api.model
    def _prepare_order(self, order, kind, today, begin, due):
        return {
            "company_id": self.env.company.id,
            "kind": kind,
            "order_id": order.id,
            "lead_id": order.opportunity_id.id,
            "partner_id": order.customer_counted_for_id.id,
            "user_id": order.user_id.id,
            "team_id": order.team_id.id,
            "stage_id": order.opportunity_id.stage_id.id,
            "date": today,
            "age_days": max((today - begin).days, 0),
            "expected_date": max(due, today),
        }

    @api.model
    def _get_quotations(self, company, today):
        """Return the open quotations; of several ones for an opportunity only the last."""
        orders = self.env["sale.order"].sudo()
        found = orders.search(self._get_quotation_domain(company, today), order="id desc")
        latest = {order.opportunity_id or order: order for order in found[::-1]}
        return orders.union(*latest.values()).sorted("id")

    @api.model
    def _get_quotation_domain(self, company, today):
        """Domain of the quotations that count; extended by others (carts of a web shop).

        Not those whose opportunity was decided, or that are too old to tell their chance.
        """
        undecided = Domain("opportunity_id", "=", False) | (
            Domain("opportunity_id.won_status", "=", "pending")
            & ~Domain("opportunity_id.order_ids", "any", [("state", "=", "sale")])
        )
        return undecided & Domain(
            [
                ("company_id", "child_of", company.id),
                ("state", "in", OPEN_ORDER_STATES),
                ("amount_untaxed", ">", 0),
                ("create_date", ">=", today - timedelta(days=LEARNED_DAYS)),
            ]
        )

    @api.model
    def _get_opportunity_domain(self, company):
        """Domain of the opportunities that count; those with an order count by their orders.

        What belongs to no company counts where its salesperson does.
        """
        orders = Domain("state", "in", (*OPEN_ORDER_STATES, "sale"))
        orders &= Domain("amount_untaxed", ">", 0)
        owner = Domain("user_id.company_id", "child_of", company.id)
        counted = company._get_counted_companies()
        if not counted.search_count([("id", "not in", counted.ids)], limit=1):
            owner |= Domain("user_id", "=", False)
        own = Domain("company_id", "child_of", company.id)
        owner = own | (Domain("company_id", "=", False) & owner)
        return (
            owner
            & Domain(
                [
                    ("type", "=", "opportunity"),
                    ("active", "=", True),
                    ("won_status", "=", "pending"),
                    ("expected_revenue", ">", 0),
                ]
            )
            & ~Domain("order_ids", "any", orders)
        )

    @api.model
    def _add_weights(self, company, rows):
        """Add what each customer does to the chance, and the weighted amounts, in place.

        The chance is that of all documents; against their mean, one of a customer who has rather
        left counts less, and one of a customer who is there for sure counts more.
        """
        alive = self._get_alive(company, {row["partner_id"] for row in rows})
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
                factor = share / common
            weight = min(row["win_probability"] * factor, 1.0)
            row.update(
                alive_probability=share,
                customer_factor=factor,
                weight=weight,
                weighted_amount=company.currency_id.round(row["amount"] * weight),
            )

    @api.model
    def _get_alive(self, company, partner_ids):
        """Return customer -> probability of still being one, as their profiles tell it."""
        profiles = self.env["customer.profile"].search_fetch(
            [("company_id", "=", company.id), ("partner_id", "in", list(partner_ids - {False}))],
            ["partner_id", "alive_probability"],
        )
        return {
            profile.partner_id.id: profile.alive_probability
            for profile in profiles
            if profile.alive_probability is not False
        }
