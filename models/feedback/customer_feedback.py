from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..base.access import MANAGER
from ..base.folded_text import FoldedChar, FoldedText
from ..base.nullable import NullableFloat, NullableInteger

FEEDBACK_KINDS = [("rating", "Rating"), ("nps", "Likely to recommend"), ("gap", "Questionnaire")]
SOURCES = [
    ("link", "Link in an e-mail"),
    ("agent", "Recorded by one of us"),
    ("rating", "Rating in Odoo"),
    ("api", "Other program"),
]
# model -> (path to our person, path to the products)
DOCUMENTS = {
    "stock.picking": ("sale_id.user_id", "move_ids.product_id"),
    "account.move": ("invoice_user_id", "invoice_line_ids.product_id"),
    "sale.order": ("user_id", "order_line.product_id"),
    "customer.complaint": ("user_id", "product_id"),
}


class CustomerFeedback(models.Model):
    """One answer of a customer: a rating 1–5, an NPS 0–10, or expectation and perception.

    Nobody has the right to write here: answers come through ``_register_answer`` and stay as
    they are. What happens to them afterwards is in ``customer_feedback_*.py``.

    What the document says about an answer: whose work, which product categories.

    Managers take an answer out of all numbers, with a reason; the answer itself stays.
    """

    _name = "customer.feedback"
    _description = "Customer Feedback"
    _is_guarded = True
    _inherit = [
        "customer.company.mixin",
        "customer.refresh.source.mixin",
        "customer.contact.mixin",
        "customer.export.safe.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date desc, id desc"
    _check_company_auto = True
    _refresh_reason = "feedback"
    _refresh_fields = frozenset({"is_void", "rating", "nps", "date", "partner_id", "company_id"})
    _mail_post_access = "read"  # whoever may read an answer may write to the customer about it

    kind = fields.Selection(selection=FEEDBACK_KINDS, required=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now, index=True)
    rating = NullableInteger(aggregator="avg", help="1 to 5")
    nps = NullableInteger(string="Likely to recommend (0–10)", aggregator="avg")
    line_ids = fields.One2many(comodel_name="customer.feedback.line", inverse_name="feedback_id")
    gap = NullableFloat(
        string="Gap",
        digits=(4, 2),
        aggregator="avg",
        compute="_compute_gap",
        store=True,
        help="Mean of perceived less expected level: below 0, less than expected.",
    )
    comment = FoldedText()
    partner_id = fields.Many2one(
        string="Contact",
        comodel_name="res.partner",
        required=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        string="Our person",
        comodel_name="res.users",
        ondelete="set null",
        index="btree_not_null",
        help="Whose work was judged.",
    )
    res_model = fields.Char(string="Document model")
    res_id = fields.Many2oneReference(string="Document", model_field="res_model")
    document_name = FoldedChar(
        string="Name of the document",
        readonly=True,
        groups=MANAGER,
        help="When the answer was given: the document may be deleted.",
    )
    document_label = fields.Char(
        string="About",
        compute="_compute_document_label",
        help="The document the answer is about; empty if you may not read it.",
    )
    category_ids = fields.Many2many(
        string="Product categories",
        comodel_name="product.category",
        relation="customer_feedback_category_rel",
        help="Of the products on the document.",
    )
    source = fields.Selection(selection=SOURCES, required=True, default="agent")
    recorded_by_id = fields.Many2one(
        string="Recorded by", comodel_name="res.users", ondelete="set null", readonly=True
    )
    request_id = fields.Many2one(
        comodel_name="customer.feedback.request",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
    is_void = fields.Boolean(help="Does not count, for the reason given.")
    void_reason = fields.Char(readonly=True)
    voided_by_id = fields.Many2one(
        string="Voided by", comodel_name="res.users", ondelete="set null", readonly=True
    )
    void_date = fields.Datetime(readonly=True)

    _customer_idx = models.Index("(customer_id, date DESC, id DESC)")
    _value_range = models.Constraint(
        "CHECK((rating IS NULL OR rating BETWEEN 1 AND 5) "
        "AND (nps IS NULL OR nps BETWEEN 0 AND 10))",
        "A rating is 1 to 5, likely to recommend is 0 to 10.",
    )

    @api.depends("line_ids.expectation", "line_ids.perception")
    def _compute_gap(self):
        for feedback in self:
            lines = feedback.line_ids
            total = sum(line.perception - line.expectation for line in lines)
            feedback.gap = total / len(lines) if lines else None

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_document_label(self):
        self.document_label = False
        for model, answers in self.filtered("res_id").grouped("res_model").items():
            if not self._is_document_model(model) or not self.env[model].has_access("read"):
                continue
            documents = self.env[model].browse(answers.mapped("res_id")).exists()
            readable = set(documents._filtered_access("read").ids)
            hidden = set(documents.ids) - readable
            for answer in answers.filtered(lambda answer: answer.res_id not in hidden):  # noqa: B023
                answer.document_label = answer.sudo().document_name

    @api.depends("kind", "rating", "nps", "gap", "customer_id")
    def _compute_display_name(self):
        for feedback in self:
            feedback.display_name = self.env._(
                "%(answer)s from %(customer)s",
                answer=feedback._get_answer_text(),
                customer=feedback.customer_id.sudo().name or "",
            )

    def _get_answer_text(self):
        """Return the answer in a word: ``4 / 5``, ``9 / 10`` or the gap with its sign."""
        self.ensure_one()
        if self.kind == "rating":
            return f"{self.rating or 0} / 5"
        if self.kind == "nps":
            return f"{self.nps or 0} / 10"
        return self.env._("Gap %(gap)s", gap=f"{self.gap or 0:+.2f}")

    def _get_document(self):
        """Return the document the answer is about, or ``None``; with the rights of the user."""
        self.ensure_one()
        if not self.res_id or not self._is_document_model(self.res_model):
            return None
        return self.env[self.res_model].browse(self.res_id).exists() or None

    @api.model
    def _is_document_model(self, model):
        """Whether answers may be about records of a model: documents, and what Odoo has rated."""
        return model in DOCUMENTS or (
            model in self.env and isinstance(self.env[model], self.env.registry["rating.mixin"])
        )

    @api.model
    def _find_document(self, res_model, res_id, customer, company):
        """Return the document an answer of a customer may be about, with all rights, or ``None``.

        One of another customer or company is none: its name and its people are not told.
        """
        if not res_id or not self._is_document_model(res_model):
            return None
        document = self.env[res_model].sudo().browse(res_id)
        return document if document._is_of_customer(customer, company) else None

    def action_open_document(self):
        """Open the document the answer is about. Public: button.

        :raise AccessError: when the user may not read it
        """
        self.ensure_one()
        document = self._get_document()
        if document is None:
            return False
        document.check_access("read")
        return document.get_formview_action()

    @api.model
    def _get_document_facts(self, vals):
        """Return fields of an answer that follow from its document: {} when it is not there."""
        res_model, partner = vals.get("res_model"), self.env["res.partner"].sudo()
        customer = partner.browse(vals.get("partner_id")).commercial_partner_id
        company = self.env["res.company"].browse(vals.get("company_id") or self.env.company.id)
        document = self._find_document(res_model, vals.get("res_id"), customer, company)
        if document is None:
            return {}
        user_path, product_path = DOCUMENTS.get(res_model, ("user_id", None))
        facts = {"document_name": document.display_name}
        if user_path.split(".")[0] in document._fields:
            user = document.mapped(user_path)
            facts["user_id"] = user.id if user._name == "res.users" else False
        if product_path:
            categories = document.mapped(product_path).categ_id
            facts["category_ids"] = [(6, 0, categories.ids)]
        return facts

    def _void(self, reason):
        """Take answers out of all numbers.

        :raise AccessError: for anybody but managers
        :raise UserError: without a reason
        """
        if not self.env.su and not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._(
                    "Only managers of Customer Value can void an answer. "
                    "Ask one of them, and tell the reason."
                )
            )
        self.check_access("read")
        if not (reason or "").strip():
            raise UserError(self.env._("Tell why the answer does not count."))
        self.sudo().write(
            {
                "is_void": True,
                "void_reason": reason.strip(),
                "voided_by_id": self.env.uid,
                "void_date": fields.Datetime.now(),
            }
        )
        for feedback in self.sudo():
            feedback._drop_loop()
            feedback._message_log(
                body=self.env._("Does not count any more: %(reason)s", reason=reason.strip())
            )

    def action_restore(self):
        """Let voided answers count again; low ones are to be answered again. Public: button.

        :raise AccessError: for anybody but managers
        """
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only managers of Customer Value can let a voided answer count again.")
            )
        self.check_access("read")
        self.sudo().write(
            {"is_void": False, "void_reason": False, "voided_by_id": False, "void_date": False}
        )
        self._open_loops()
        return True
