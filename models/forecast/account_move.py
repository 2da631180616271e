from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.access import GROUPS_STANDING
from ..base.nullable import NullableFloat


class AccountMove(models.Model):
    """When an invoice will be paid: read from the expectations, nothing is stored here."""

    _inherit = "account.move"

    customer_late_probability = NullableFloat(
        string="Paid late",
        compute="_compute_customer_expectation",
        groups=GROUPS_STANDING,
        digits=(16, 4),
        help="0 to 1, of the instalment that is due last. Empty: nothing open, or not enough data.",
    )
    customer_expected_date = fields.Date(
        string="Expected on",
        compute="_compute_customer_expectation",
        groups=GROUPS_STANDING,
        help="When the last open instalment will likely be paid.",
    )
    customer_payment_sentence = fields.Char(
        string="Expected payment",
        compute="_compute_customer_expectation",
        groups=GROUPS_STANDING,
    )
    customer_is_likely_late = fields.Boolean(
        string="Likely late",
        compute="_compute_customer_expectation",
        search="_search_customer_is_likely_late",
        groups=GROUPS_STANDING,
        help="An open instalment is not due yet and will rather be paid late than in time.",
    )

    @api.depends("state", "amount_residual_signed", "invoice_date_due")
    def _compute_customer_expectation(self):
        expectations = self.env["customer.payment.expectation"]
        lines = expectations
        if self.ids and expectations.has_access("read"):
            lines = expectations.search(
                [("move_id", "in", self.ids), ("is_open", "=", True)], order="due_date, id"
            )
        found = lines.grouped("move_id")
        models = self.env["customer.payment.model"]
        grades = {
            company: models._get_active(company)._get_short_grade() for company in lines.company_id
        }
        for move in self:
            own = found.get(move._origin, expectations)
            own = own.filtered(lambda line, move=move: line.company_id == move.company_id)
            last = own[-1:]
            move.customer_late_probability = last.late_probability if last else False
            move.customer_expected_date = last.expected_date
            sentence = last and f"{last._get_sentence()} {grades[last.company_id]}".strip()
            move.customer_payment_sentence = sentence or False
            move.customer_is_likely_late = any(line._is_likely_late() for line in own)

    @api.model
    def _search_customer_is_likely_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        expectations = self.env["customer.payment.expectation"]
        query = expectations._search_likely_late()
        own = SQL(
            "EXISTS (SELECT FROM account_move m WHERE m.id = %s AND m.company_id = %s)",
            SQL.identifier(query.table, "move_id"),
            SQL.identifier(query.table, "company_id"),
        )
        query.add_where(own)  # a company above foretells it, too, by its own instalments
        late = Domain("id", "in", query.subselect("move_id"))
        return late if True in value else ~late
