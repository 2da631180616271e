from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.feedback.customer_feedback import FEEDBACK_KINDS

LEVELS = [("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5")]
SCORES = [(str(score), str(score)) for score in range(11)]
DOCUMENT_MODELS = ("stock.picking", "account.move", "sale.order", "customer.complaint")


class CustomerFeedbackRecord(models.TransientModel):
    """An answer a customer gave on the phone or in person, recorded by one of us."""

    _name = "customer.feedback.record"
    _description = "Record Feedback"
    _inherit = "customer.gate.mixin"

    kind = fields.Selection(
        selection=FEEDBACK_KINDS, string="Question", required=True, default="rating"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        string="Contact", comodel_name="res.partner", required=True, ondelete="cascade"
    )
    date = fields.Datetime(string="Given on", required=True, default=fields.Datetime.now)
    rating = fields.Selection(selection=LEVELS)
    nps = fields.Selection(selection=SCORES, string="Likely to recommend (0–10)")
    line_ids = fields.One2many(
        comodel_name="customer.feedback.record.line",
        inverse_name="record_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    comment = fields.Text()
    document_ref = fields.Reference(
        string="About", selection="_selection_document", help="The document that was judged."
    )

    @api.model
    def _selection_document(self):
        """Return the kinds of documents the user may read."""
        return [
            (name, self.env["ir.model"]._get(name).name)
            for name in DOCUMENT_MODELS
            if name in self.env and self.env[name].has_access("read")
        ]

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        model, active_id = self.env.context.get("active_model"), self.env.context.get("active_id")
        if not active_id or model not in ("res.partner", *DOCUMENT_MODELS):
            return values
        record = self.env[model].browse(active_id).exists()
        if model == "res.partner":
            values.setdefault("partner_id", record.id)
        elif record:
            values.setdefault("document_ref", f"{model},{record.id}")
            values.setdefault("partner_id", record.partner_id.id)
            values["company_id"] = record.company_id.id
        return values

    @api.depends("company_id", "kind")
    def _compute_line_ids(self):
        for record in self:
            factors = self.env["customer.feedback.factor"]
            if record.kind == "gap":
                factors = factors._get_factors(record.company_id)
            record.line_ids = [
                Command.clear(),
                *(Command.create({"factor_id": factor.id}) for factor in factors),
            ]

    def action_save(self):
        """Record the answer and open it. Public: button.

        :raise UserError: when the answer is none, its date lies ahead or the document is another
            customer's
        :raise AccessError: for users who may not work in the company or read the document
        """
        self.ensure_one()
        self._check_may_record()
        levels = {
            line.factor_id.id: (int(line.expectation or 0), int(line.perception or 0))
            for line in self.line_ids
            if line.expectation or line.perception
        }
        answer = {
            "rating": int(self.rating or 0),
            "nps": int(self.nps) if self.nps else None,
            "levels": levels,
            "comment": self.comment,
        }
        values = {"source": "agent", "recorded_by_id": self.env.uid, "date": self.date}
        if self.document_ref:
            values |= {"res_model": self.document_ref._name, "res_id": self.document_ref.id}
        feedback = self.env["customer.feedback"]._register_answer(
            self.company_id, self.partner_id, self.kind, answer, **values
        )
        return feedback._get_records_action(context={})

    def _check_may_record(self):
        self.partner_id.check_access("read")
        if self.company_id not in self.env.companies:
            raise UserError(
                self.env._(
                    "Choose %(company)s among your companies first.", company=self.company_id.name
                )
            )
        if self.date > fields.Datetime.now():
            raise UserError(self.env._("An answer cannot be given in the future."))
        document = self.document_ref
        if not document:
            return
        document.check_access("read")
        customer = self.partner_id.sudo().commercial_partner_id
        if not document._is_of_customer(customer, self.company_id):
            raise UserError(
                self.env._(
                    "%(document)s is not a document of %(contact)s in %(company)s: choose another.",
                    document=document.display_name,
                    contact=self.partner_id._get_plain_name(),
                    company=self.company_id.name,
                )
            )


class CustomerFeedbackRecordLine(models.TransientModel):
    """Expected and perceived level of one factor, while an answer is being recorded."""

    _name = "customer.feedback.record.line"
    _description = "Level of a Factor"
    _inherit = "customer.gate.mixin"

    record_id = fields.Many2one(
        comodel_name="customer.feedback.record", required=True, ondelete="cascade"
    )
    factor_id = fields.Many2one(
        comodel_name="customer.feedback.factor", required=True, ondelete="cascade"
    )
    expectation = fields.Selection(selection=LEVELS, string="Expected")
    perception = fields.Selection(selection=LEVELS, string="Perceived")
