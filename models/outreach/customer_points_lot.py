from odoo import models
from odoo.tools import get_lang


class CustomerPointsLot(models.Model):
    """Reminders of points: who wants none says so as for the mails of plays, and gets neither."""

    _name = "customer.points.lot"
    _inherit = ["customer.optout.link.mixin", "customer.points.lot"]

    def _get_contact_lang(self):
        company = self.company_id.partner_id.lang
        return get_lang(self.env, self.card_id.partner_id.lang or company).code

    def _opt_out(self):
        partner = self.card_id.partner_id
        optouts = self.env["customer.play.optout"].sudo()
        address = partner.email_normalized
        domain = [("partner_id", "=", partner.id), ("channel", "=", "email")]
        if partner and not optouts.search_count([*domain, ("address", "=", address)], limit=1):
            optouts._note(partner, "email")
