from odoo import models
from odoo.tools.misc import format_amount

# About half the usual payment term of 30 days: later than that is no oversight.
LATE_PAYER_DAYS = 15


class CustomerProfile(models.Model):
    """What must not be overlooked about a customer when a document is made for them."""

    _inherit = "customer.profile"

    def _get_document_alerts(self):
        """Return the alerts of a document of this customer, as far as the user may see them.

        :rtype: dict as the widget ``actionable_errors`` shows it; empty without a profile
        """
        if not self:
            return {}
        self.ensure_one()
        return {
            f"customer_value_{key}": {
                "level": level,
                "message": message,
                "action_text": self.env._("View customer"),
                "action": self._get_form_action(),
            }
            for key, (level, message) in self._get_alerts().items()
        }

    def _get_alerts(self):
        """Return key -> (level, message) for one customer; extended by other features."""
        self.ensure_one()
        alerts = self._get_payment_alerts()
        if tier := self.tier_id:
            message = self.env._(
                "%(customer)s is a %(tier)s customer.", customer=self.display_name, tier=tier.name
            )
            alerts["tier"] = ("info", message)
        profit = self._read_card_field("net_profit_365")
        if profit and profit < 0:
            message = self.env._(
                "%(customer)s cost more than they brought in over the last 365 days: a loss of "
                "%(amount)s.",
                customer=self.display_name,
                amount=format_amount(self.env, -profit, self.currency_id),
            )
            alerts["loss"] = ("danger", message)
        return alerts

    def _get_payment_alerts(self):
        """Return the alerts about overdue amounts and late payment."""
        alerts = {}
        overdue = self._read_card_field("overdue_amount")
        if overdue and overdue > 0:
            message = self.env._(
                "%(customer)s has %(amount)s overdue.",
                customer=self.display_name,
                amount=format_amount(self.env, overdue, self.currency_id),
            )
            alerts["overdue"] = ("warning", message)
        days = self._read_card_field("payment_days_late")
        if days and days > LATE_PAYER_DAYS:
            message = self.env._(
                "%(customer)s pays %(days)s days late on average.",
                customer=self.display_name,
                days=round(days),
            )
            alerts["late"] = ("warning", message)
        return alerts
