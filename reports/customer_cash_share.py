from odoo import fields, models
from odoo.tools import SQL

from ..models.forecast.customer_payment_expectation import KINDS


class CustomerCashShare(models.Model):
    """What a document is expected to bring in a week; rows add up to the weeks of last night."""

    _name = "customer.cash.share"
    _description = "Document in the Expected Cash"
    _inherit = "customer.date.bounds.mixin"
    _auto = False
    _order = "week, expected_amount desc, id"
    _rec_name = "expectation_id"

    expectation_id = fields.Many2one(
        string="Document", comodel_name="customer.payment.expectation", readonly=True
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    week = fields.Date(readonly=True, help="Its Monday.")
    kind = fields.Selection(selection=KINDS, readonly=True)
    move_id = fields.Many2one(string="Invoice", comodel_name="account.move", readonly=True)
    order_id = fields.Many2one(
        string="Order or quotation", comodel_name="sale.order", readonly=True
    )
    partner_id = fields.Many2one(string="Customer", comodel_name="res.partner", readonly=True)
    user_id = fields.Many2one(string="Salesperson", comodel_name="res.users", readonly=True)
    due_date = fields.Date(readonly=True)
    expected_date = fields.Date(string="Expected on", readonly=True)
    late_probability = fields.Float(
        string="Paid late", readonly=True, digits=(16, 4), aggregator="avg", help="0 to 1."
    )
    expected_amount = fields.Monetary(
        string="Expected",
        readonly=True,
        help="To be paid × chance of a quotation × chance that it is paid in this week.",
    )

    _depends = {
        "customer.payment.expectation": [
            *("company_id", "kind", "move_id", "order_id", "partner_id", "user_id", "due_date"),
            *("expected_date", "late_probability", "week_date", "week_amounts"),
        ],
    }

    @property
    def _table_query(self):
        return SQL(
            """SELECT e.id::bigint * 64 + w.place AS id, e.id AS expectation_id, e.company_id,
                      (e.week_date + 7 * (w.place - 1)::int) AS week, e.kind, e.move_id,
                      e.order_id, e.partner_id, e.user_id, e.due_date, e.expected_date,
                      e.late_probability, w.amount::numeric AS expected_amount
                 FROM customer_payment_expectation e
           CROSS JOIN LATERAL jsonb_array_elements_text(e.week_amounts)
                      WITH ORDINALITY AS w(amount, place)
                WHERE e.week_amounts IS NOT NULL AND w.amount::numeric <> 0"""
        )

    def action_open_document(self):
        """Open the document. Public: button.

        :raise AccessError: when the user may not read it
        """
        self.ensure_one()
        self.check_access("read")
        return self.expectation_id.action_open_document()
