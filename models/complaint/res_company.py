from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.access import GROUPS_SETTINGS
from .customer_complaint_lifecycle import SEQUENCE_CODE

NOT_NEGATIVE = (
    "customer_cost_per_complaint_hour",
    "customer_complaint_approval_limit",
    "customer_complaint_reopen_days",
)


class ResCompany(models.Model):
    """How a company handles complaints, and the numbers they get."""

    _inherit = "res.company"

    customer_cost_per_complaint_hour = fields.Monetary(
        string="Cost per complaint hour",
        help="What one hour of work on a complaint costs the company.",
        groups=GROUPS_SETTINGS,
    )
    customer_complaint_reopen_days = fields.Integer(
        string="Days to reopen",
        default=14,
        help="A customer who writes within these days after the solution reopens the complaint; "
        "later, a new one is made that is linked to it.",
        groups=GROUPS_SETTINGS,
    )
    customer_complaint_approval_limit = fields.Monetary(
        string="Approval from",
        help="What a complaint gives the customer beyond this amount, without taxes, a manager "
        "has to approve. Goods count at their list price at least, before discounts. "
        "0: everything.",
        groups=GROUPS_SETTINGS,
    )
    customer_complaint_is_limited = fields.Boolean(
        string="Approvals for complaints",
        help="Larger credit notes, replacements and points need a manager.",
        groups=GROUPS_SETTINGS,
    )

    @api.model
    def _get_refresh_settings(self):
        return super()._get_refresh_settings() | {"customer_cost_per_complaint_hour"}

    @api.constrains(*NOT_NEGATIVE)
    def _check_customer_complaint_settings(self):
        for company in self.sudo():
            for name in NOT_NEGATIVE:
                if company[name] < 0:
                    raise ValidationError(
                        self.env._(
                            "“%(setting)s” of %(company)s cannot be negative.",
                            setting=company._fields[name]._description_string(self.env),
                            company=company.name,
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._create_complaint_sequences()
        return companies

    def _create_complaint_sequences(self):
        """Give companies numbers of their own; they go with the addon when it is uninstalled."""
        for company in self:
            xmlid = f"customer_value.customer_complaint_sequence_{company.id}"
            if self.env.ref(xmlid, raise_if_not_found=False):
                continue
            values = {
                "name": self.env._("Complaints of %(company)s", company=company.name),
                "code": SEQUENCE_CODE,
                "prefix": "COMP/%(year)s/",
                "padding": 5,
                "company_id": company.id,
            }
            data = {"xml_id": xmlid, "values": values, "noupdate": True}
            self.env["ir.sequence"].sudo()._load_records([data])

    @api.model
    def _create_missing_complaint_sequences(self):
        """Called when the addon is installed or updated."""
        self.sudo().with_context(active_test=False).search([])._create_complaint_sequences()
