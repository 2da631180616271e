from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..base.nullable import NullableFloat, NullableInteger
from ..calendar.reader_date import write_day
from ..guard.digits import write_digits
from ..guard.plural import count_days

KINDS = [
    ("invoice", "Invoice"),
    ("entry", "Opening balance"),
    ("order", "Order"),
    ("quotation", "Quotation"),
]
MISSING = [
    ("few_instalments", "Fewer than 30 instalments of the company have fallen due"),
    ("short_history", "The company's instalments are of less than 90 days"),
    ("no_data", "No instalment of the company has fallen due yet"),
    ("too_old", "Overdue for more than a year"),
    ("not_in_sight", "Rather not paid within a year of the due date"),
]
# Late is more likely than not.
LIKELY_LATE = 0.5


class CustomerPaymentExpectation(models.Model):
    """An open instalment, order or quotation: whether it will be paid late, and when.

    Company currency, taxes included; what unmatched payments and credit notes of the customer
    cover is taken off, oldest due first, as in what is overdue. Remade every night and with the
    customer's refresh; nobody writes it by hand. Formulas: docs/late_payment.md.
    """

    _name = "customer.payment.expectation"
    _description = "Expected Payment"
    _inherit = "customer.date.bounds.mixin"
    _order = "expected_date, due_date, id"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    document_key = fields.Char(required=True, readonly=True)
    kind = fields.Selection(selection=KINDS, required=True, readonly=True)
    move_id = fields.Many2one(
        string="Invoice",
        comodel_name="account.move",
        ondelete="cascade",
        index="btree_not_null",
        readonly=True,
    )
    order_id = fields.Many2one(
        string="Order or quotation",
        comodel_name="sale.order",
        ondelete="cascade",
        index="btree_not_null",
        readonly=True,
    )
    partner_id = fields.Many2one(
        string="Customer",
        comodel_name="res.partner",
        ondelete="set null",
        index=True,
        readonly=True,
    )
    user_id = fields.Many2one(string="Salesperson", comodel_name="res.users", readonly=True)
    date = fields.Date(string="As of", required=True, readonly=True)
    is_open = fields.Boolean(
        string="Still open",
        readonly=True,
        help="Off: settled since the weeks were added up last night.",
    )
    issue_date = fields.Date(string="Document date", readonly=True)
    due_date = fields.Date(readonly=True, help="Of orders and quotations: as foreseen.")
    amount = fields.Monetary(
        string="To be paid", readonly=True, help="Taxes included, company currency."
    )
    weight = fields.Float(
        readonly=True,
        digits=(16, 3),
        aggregator="avg",
        help="Chance of a quotation; 1 of invoices and orders.",
    )
    late_probability = NullableFloat(
        string="Paid late", readonly=True, digits=(16, 4), aggregator="avg", help="0 to 1."
    )
    expected_date = fields.Date(string="Expected on", readonly=True)
    from_date = fields.Date(string="Not before", readonly=True, help="9 of 10 come later.")
    until_date = fields.Date(
        string="At the latest",
        readonly=True,
        help="9 of 10 come earlier. Empty: more than a year after the due date.",
    )
    missing = fields.Selection(selection=MISSING, string="Not enough data", readonly=True)
    own_count = NullableInteger(string="Own instalments", readonly=True, aggregator=None)
    own_late_count = NullableInteger(string="Of these late", readonly=True, aggregator=None)
    own_days_late = NullableFloat(
        string="Own mean delay", readonly=True, digits=(16, 1), aggregator=None
    )
    causes = fields.Char(readonly=True)
    reason = fields.Char(compute="_compute_reason")
    week_date = fields.Date(string="First week", readonly=True, help="Monday of the first week.")
    week_amounts = fields.Json(string="Expected by week", readonly=True)

    _document_uniq = models.UniqueIndex(
        "(company_id, document_key)", "A document is expected to be paid once."
    )

    @api.depends("move_id", "order_id")
    def _compute_display_name(self):
        # Who reads the line may read its name: the rules of lines are those of the documents.
        for line in self:
            line.display_name = (line.move_id or line.order_id).sudo().display_name

    @api.depends("own_count", "own_late_count", "own_days_late", "causes", "missing")
    @api.depends_context("lang")
    def _compute_reason(self):
        labels = dict(self._fields["missing"]._description_selection(self.env))
        for line in self:
            told = [f"{labels[line.missing]}."] if line.missing else []
            if line.missing in (False, "not_in_sight"):
                told += [line._get_own_text(), line._get_cause_text()]
            line.reason = " ".join(filter(None, told))

    def _get_own_text(self):
        """Return what the customer's own instalments say, in words."""
        self.ensure_one()
        if not self.own_count:
            return self.env._("No instalment of the customer has fallen due: as the company's.")
        values = {
            "count": write_digits(self.env, self.own_count),
            "late": write_digits(self.env, self.own_late_count),
        }
        if self.own_days_late is False:
            return self.env._("%(late)s of %(count)s instalments were paid late.", **values)
        days = round(self.own_days_late)
        values["days"] = count_days(self.env, abs(days))
        if days < 0:
            return self.env._(
                "%(late)s of %(count)s instalments were paid late; on average they come %(days)s "
                "before the due date.",
                **values,
            )
        if not days:
            return self.env._(
                "%(late)s of %(count)s instalments were paid late; on average they come on the "
                "due date.",
                **values,
            )
        return self.env._(
            "%(late)s of %(count)s instalments were paid late, %(days)s after the due date "
            "on average.",
            **values,
        )

    def _get_cause_text(self):
        """Return what raises the probability most against the company's mean; "" for nothing."""
        self.ensure_one()
        texts = self._get_cause_texts()
        told = [texts[cause] for cause in (self.causes or "").split(",") if cause in texts]
        return self.env._("Raised by: %(causes)s.", causes=", ".join(told)) if told else ""

    @api.model
    def _get_cause_texts(self):
        """Return cause -> words of what can raise the probability of being paid late."""
        return {
            "share_late": self.env._("how often they paid late"),
            "trend": self.env._("later than before"),
            "days_late": self.env._("how late they paid"),
            "amount": self.env._("the amount"),
            "usual_amount": self.env._("an unusual amount for them"),
            "time_to_pay": self.env._("the time to pay"),
            "complaint": self.env._("an open complaint"),
            "dispute": self.env._("a complaint about this invoice"),
            "month": self.env._("the month"),
        }

    def _get_sentence(self):
        """Return the whole expectation in one sentence, or why there is none."""
        self.ensure_one()
        if self.missing == "not_in_sight":
            return self.env._(
                "%(percent)s of 100 such instalments are paid late. %(reason)s",
                percent=write_digits(self.env, f"{100 * self.late_probability:.0f}"),
                reason=self.reason,
            )
        if self.missing or self.late_probability is False or not self.expected_date:
            return self.env._("Not enough data: %(reason)s", reason=self.reason)
        values = {
            "day": write_day(self.env, self.expected_date),
            "from": write_day(self.env, self.from_date),
            "until": write_day(self.env, self.until_date) if self.until_date else "…",
            "percent": write_digits(self.env, f"{100 * self.late_probability:.0f}"),
            "reason": self.reason,
        }
        if self.due_date < self.date:
            return self.env._(
                "Overdue; expected around %(day)s (%(from)s – %(until)s). %(reason)s", **values
            )
        return self.env._(
            "%(percent)s of 100 such instalments are paid late; expected around %(day)s "
            "(%(from)s – %(until)s). %(reason)s",
            **values,
        )

    @api.model
    def _get_likely_late_domain(self):
        """Domain of open documents that are not due yet and will rather be paid late.

        The day is that of each company, as in what is overdue, not that of the reader.
        """
        days = self.env.companies.grouped(self.env["customer.profile"]._get_today)
        not_due = Domain.OR(
            Domain("company_id", "in", companies.ids) & Domain("due_date", ">=", day)
            for day, companies in days.items()
        )
        late = Domain([("is_open", "=", True), ("late_probability", ">=", LIKELY_LATE)])
        return late & not_due

    @api.model
    def _search_likely_late(self, domain=Domain.TRUE):
        """Return the query of open instalments that will rather be paid late.

        :raise AccessError: when the user may not read expectations
        """
        kinds = Domain("kind", "in", ("invoice", "entry"))
        return self._search(self._get_likely_late_domain() & kinds & Domain(domain))

    def _is_likely_late(self):
        """Tell of one document whether it is not due yet and will rather be paid late."""
        self.ensure_one()
        return (
            self.late_probability is not False
            and self.late_probability >= LIKELY_LATE
            and self.due_date >= self.env["customer.profile"]._get_today(self.company_id)
        )

    def action_open_document(self):
        """Open the invoice, order or quotation. Public: button.

        :raise AccessError: when the user may not read it
        """
        self.ensure_one()
        self.check_access("read")
        document = self.move_id or self.order_id
        if not document.has_access("read"):
            raise AccessError(
                self.env._(
                    "You may not open this document. Ask its salesperson, or an administrator "
                    "for the right to see it."
                )
            )
        return document._get_records_action(context={})

    def action_log_call(self):
        """Open the window that logs a call with the customer about the document. Public: button.

        :raise AccessError: when the user may not read the line
        """
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_value.customer_interaction_log_action"
        )
        document = self.move_id or self.order_id
        return action | {
            "context": {"active_model": document._name, "active_id": document.id},
        }
