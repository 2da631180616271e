from math import inf

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.access import GROUPS_SETTINGS


class ResCompany(models.Model):
    """How often customers are asked, and what is a low answer."""

    _inherit = "res.company"

    feedback_quiet_days = fields.Integer(
        string="Days between requests for feedback",
        default=30,
        help="A customer is asked once in so many days at most, whatever the cause.",
        groups=GROUPS_SETTINGS,
    )
    feedback_low_rating = fields.Integer(
        string="Low rating", default=2, help="Ratings up to this one.", groups=GROUPS_SETTINGS
    )
    feedback_low_nps = fields.Integer(
        string="Low likelihood to recommend",
        default=6,
        help="Answers from 0 to 10 up to this number.",
        groups=GROUPS_SETTINGS,
    )
    feedback_low_gap = fields.Float(
        string="Low gap",
        digits=(4, 2),
        default=-0.25,
        help="Questionnaires whose mean gap is below this number.",
        groups=GROUPS_SETTINGS,
    )
    feedback_answer_hours = fields.Float(
        string="Hours to answer low feedback",
        default=8.0,
        help="Working hours within which a customer who gave a low answer should hear from us.",
        groups=GROUPS_SETTINGS,
    )
    feedback_user_id = fields.Many2one(
        string="Answers low feedback",
        comodel_name="res.users",
        domain="[('share', '=', False), ('company_ids', 'in', id)]",
        help="When neither the document nor the customer has a salesperson or team leader.",
        groups=GROUPS_SETTINGS,
    )

    @api.constrains(
        "feedback_quiet_days",
        "feedback_low_rating",
        "feedback_low_nps",
        "feedback_low_gap",
        "feedback_answer_hours",
    )
    def _check_feedback_settings(self):
        for company in self.sudo():
            if (
                company.feedback_quiet_days < 0
                or not 0 <= company.feedback_answer_hours < inf
                or not 0 <= company.feedback_low_rating <= 5
                or not -1 <= company.feedback_low_nps <= 10
                or not -4 <= company.feedback_low_gap <= 4
            ):
                raise ValidationError(
                    self.env._(
                        "Feedback settings of %(company)s: days and hours cannot be negative; a "
                        "low rating is 0 to 5, a low likelihood to recommend -1 to 10, a low gap "
                        "-4 to 4.",
                        company=company.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env["customer.feedback.factor"]._create_default_factors(companies)
        self.env["customer.feedback.rule"]._create_default_rules(companies)
        return companies
