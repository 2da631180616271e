from odoo import api, fields, models
from odoo.tools.misc import format_amount

from .access import GROUPS_STANDING

CUSTOMER_DOCUMENTS = ("out_invoice", "out_refund", "out_receipt")
# About half the usual payment term of 30 days: later than that is no oversight.
LATE_PAYER_DAYS = 15


class AccountMove(models.Model):
    """What accounting sees of the customer on an invoice, credit note or receipt."""

    _inherit = "account.move"

    customer_profile_id = fields.Many2one(
        string="Customer value",
        comodel_name="customer.profile",
        compute="_compute_customer_profile_id",
        groups=GROUPS_STANDING,
    )

    @api.depends("commercial_partner_id", "company_id", "move_type")
    def _compute_customer_profile_id(self):
        documents = self.filtered(lambda move: move.move_type in CUSTOMER_DOCUMENTS)
        (self - documents).customer_profile_id = False
        profiles = self.env["customer.profile"]._find_profiles(
            documents, lambda move: move.commercial_partner_id
        )
        for move, profile in profiles.items():
            move.customer_profile_id = profile

    # Not on our own field: uninstalling it would take Odoo's field along.
    @api.depends("commercial_partner_id", "company_id")
    def _compute_alerts(self):
        return super()._compute_alerts()

    def _get_alerts(self):
        """Add what accounting should know about the customer, as far as the user may see it."""
        alerts = super()._get_alerts()
        if not self._has_field_access(self._fields["customer_profile_id"], "read"):
            return alerts
        if profile := self.customer_profile_id:
            action = profile._get_form_action()
            for key, (level, message) in self._get_customer_alerts(profile).items():
                alerts[f"customer_value_{key}"] = {
                    "level": level,
                    "message": message,
                    "action_text": self.env._("View customer"),
                    "action": action,
                }
        return alerts

    @api.model
    def _get_customer_alerts(self, profile):
        """Return key -> (level, message) for one customer; extended by other features."""
        customer = profile.display_name
        alerts = self._get_customer_payment_alerts(profile)
        if tier := profile.tier_id:
            message = self.env._(
                "%(customer)s is a %(tier)s customer.", customer=customer, tier=tier.name
            )
            alerts["tier"] = ("info", message)
        profit = profile._read_card_field("net_profit_365")
        if profit and profit < 0:
            message = self.env._(
                "%(customer)s cost more than they brought in over the last 365 days: a loss of "
                "%(amount)s.",
                customer=customer,
                amount=format_amount(self.env, -profit, profile.currency_id),
            )
            alerts["loss"] = ("danger", message)
        return alerts

    @api.model
    def _get_customer_payment_alerts(self, profile):
        """Return the alerts about overdue amounts and late payment."""
        alerts = {}
        overdue = profile._read_card_field("overdue_amount")
        if overdue and overdue > 0:
            message = self.env._(
                "%(customer)s has %(amount)s overdue.",
                customer=profile.display_name,
                amount=format_amount(self.env, overdue, profile.currency_id),
            )
            alerts["overdue"] = ("warning", message)
        days = profile._read_card_field("payment_days_late")
        if days and days > LATE_PAYER_DAYS:
            message = self.env._(
                "%(customer)s pays %(days)s days late on average.",
                customer=profile.display_name,
                days=round(days),
            )
            alerts["late"] = ("warning", message)
        return alerts
