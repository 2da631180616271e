from odoo import models


class ResPartner(models.Model):
    """Prints about customers, from their contacts."""

    _inherit = "res.partner"

    def _get_printed_profiles(self):
        """Return (contact, profile in the current company) of each customer among contacts, once.

        Contacts of one customer are one statement; a customer without documents has no profile.
        """
        customers = self.commercial_partner_id
        profiles = self.env["customer.profile"].search(
            [("partner_id", "in", customers.ids), ("company_id", "=", self.env.company.id)]
        )
        found = {profile.partner_id: profile for profile in profiles}
        return [(customer, found.get(customer, profiles.browse())) for customer in customers]

    def _get_nothing_sentence(self):
        """Return what is printed about a customer without documents."""
        return self.env._(
            "There is nothing to tell about %(customer)s yet: no document counts for this "
            "customer in %(company)s.",
            customer=self.display_name,
            company=self.env.company.name,
        )
