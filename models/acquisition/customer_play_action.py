from odoo import models


class CustomerPlayAction(models.Model):
    """The code and the link by which a customer brings others, for what plays say to them."""

    _inherit = "customer.play.action"

    def _get_text_places(self):
        return super()._get_text_places() | {
            "referral_code": self._get_referral_code,
            "referral_link": self._get_referral_link,
        }

    def _get_referral_code(self):
        """Return the code of the customer, ``""`` if they do not want to refer; also for mails."""
        return self._get_referrer().code or ""

    def _get_referral_link(self):
        """Return the link of the customer; see :meth:`_get_referral_code`."""
        return self._get_referrer().link or ""

    def _get_referrer(self):
        self.ensure_one()
        referrer = self.env["customer.referrer"]._get_for(self.partner_id, self.company_id)
        return referrer.filtered(lambda one: not one.is_optout)
