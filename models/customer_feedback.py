from odoo import api, fields, models

from .nullable import NullableInteger

FEEDBACK_KINDS = [("rating", "Rating"), ("nps", "Recommendation"), ("gap", "Questionnaire")]


class CustomerFeedback(models.Model):
    """One answer of a customer: a rating 1–5, an NPS 0–10, or expectation and perception."""

    _name = "customer.feedback"
    _description = "Customer Feedback"
    _order = "date desc, id desc"
    _check_company_auto = True

    kind = fields.Selection(selection=FEEDBACK_KINDS, required=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now, index=True)
    rating = NullableInteger(aggregator="avg", help="1 to 5")
    nps = NullableInteger(string="Recommendation (0–10)", aggregator="avg")
    line_ids = fields.One2many(comodel_name="customer.feedback.line", inverse_name="feedback_id")
    comment = fields.Text()
    partner_id = fields.Many2one(
        string="Contact",
        comodel_name="res.partner",
        required=True,
        ondelete="restrict",
        index=True,
    )
    customer_id = fields.Many2one(
        comodel_name="res.partner",
        compute="_compute_customer_id",
        store=True,
        precompute=True,
        ondelete="restrict",
        help="The commercial partner of the contact.",
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
    is_void = fields.Boolean(help="Does not count, for the reason given.")

    _customer_idx = models.Index("(customer_id, date DESC, id DESC)")
    _value_range = models.Constraint(
        "CHECK((rating IS NULL OR rating BETWEEN 1 AND 5) AND (nps IS NULL OR nps BETWEEN 0 AND 10))",
        "A rating is 1 to 5, a recommendation 0 to 10.",
    )

    @api.depends("partner_id.commercial_partner_id")
    def _compute_customer_id(self):
        for feedback in self:
            feedback.customer_id = feedback.partner_id.commercial_partner_id
