from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.standing import LeavingDays
from ..base.access import GROUPS_SETTINGS

LEAVING_FIELDS = (
    "customer_leaving_rule",
    "customer_slipping_days",
    "customer_lapsed_days",
)
MAX_LEAVING_DAYS = 3650


class ResCompany(models.Model):
    """What leaving means; a setting that changes measures has all customers refreshed."""

    _inherit = "res.company"

    customer_leaving_rule = fields.Selection(
        selection=[
            ("learned", "Learned from how each customer buys"),
            ("days", "Set by the company"),
        ],
        string="When a customer has left",
        default="learned",
        required=True,
        groups=GROUPS_SETTINGS,
        help="Learned: when another purchase has become unlikely for this customer. Set by the "
        "company: after so many days without a purchase, the same for every customer.",
    )
    customer_slipping_days = fields.Integer(
        string="Slipping after",
        default=180,
        groups=GROUPS_SETTINGS,
        help="Days without a purchase after which a customer is slipping.",
    )
    customer_lapsed_days = fields.Integer(
        string="Left after",
        default=365,
        groups=GROUPS_SETTINGS,
        help="Days without a purchase after which a customer has left.",
    )

    @api.model
    def _get_refresh_settings(self):
        return super()._get_refresh_settings() | set(LEAVING_FIELDS)

    @api.constrains(*LEAVING_FIELDS)
    def _check_customer_leaving_days(self):
        for company in self.sudo():
            slipping, lapsed = company.customer_slipping_days, company.customer_lapsed_days
            if not 0 < slipping < lapsed <= MAX_LEAVING_DAYS:
                raise ValidationError(
                    self.env._(
                        "When a customer of %(company)s has left: enter days between 1 and "
                        "%(most)s, and fewer for slipping than for left.",
                        company=company.name,
                        most=MAX_LEAVING_DAYS,
                    )
                )

    def _get_leaving_days(self):
        """Return the company's own definition of leaving, ``None`` while it is learned.

        :rtype: LeavingDays | None
        """
        self.ensure_one()
        company = self.sudo()
        if company.customer_leaving_rule != "days":
            return None
        return LeavingDays(company.customer_slipping_days, company.customer_lapsed_days)

    def write(self, vals):
        result = super().write(vals)
        if not self._get_refresh_settings().isdisjoint(vals):
            self._request_full_refresh()
        return result

    def _request_full_refresh(self):
        """Refresh all customers of the companies in the background, starting now."""
        self.env["customer.refresh.run"]._request(self)
