from odoo import models


class ResPartner(models.Model):
    """The contact of a customer that plays speak to."""

    _inherit = "res.partner"

    def _get_play_contacts(self, channel):
        """Return {customer: contact} to be reached by a way; empty where there is none.

        The customer itself if it has an address or number, else the first contact that has.
        One query for any number of customers.
        """
        name = "email_normalized" if channel == "email" else "phone"
        lacking = self.filtered(lambda customer: not customer[name])
        domain = [
            ("commercial_partner_id", "in", lacking.ids),
            ("id", "not in", lacking.ids),
            (name, "!=", False),
        ]
        contacts = {}
        for contact in self.search(domain, order="id") if lacking else ():
            contacts.setdefault(contact.commercial_partner_id, contact)
        none = self.browse()
        return {
            customer: contacts.get(customer, none) if customer in lacking else customer
            for customer in self
        }
