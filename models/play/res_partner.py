from odoo import models


class ResPartner(models.Model):
    """The contact of a customer that plays speak to."""

    _inherit = "res.partner"

    def _get_play_contacts(self, channel):
        """Return {customer: contact} to be reached by a way; empty where there is none.

        The customer itself if it has an address or number, else the first contact that has.
        Few queries for any number of customers.
        """
        own = self._get_outreach_addresses(channel)
        lacking = self.filtered(lambda customer: not own[customer])
        others = self.browse()
        if lacking:
            domain = [
                ("commercial_partner_id", "in", lacking.ids),
                ("id", "not in", lacking.ids),
            ]
            others = self.search(domain, order="id")
        addresses = others._get_outreach_addresses(channel)
        contacts = {}
        for contact in others:
            if addresses[contact]:
                contacts.setdefault(contact.commercial_partner_id, contact)
        none = self.browse()
        return {
            customer: contacts.get(customer, none) if customer in lacking else customer
            for customer in self
        }
