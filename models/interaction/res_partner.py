from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ResPartner(models.Model):
    """Contacts with a history are archived or merged, never deleted."""

    _inherit = "res.partner"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_interactions(self):
        domain = Domain("partner_id", "in", self.ids) | Domain("customer_id", "in", self.ids)
        interactions = self.env["customer.interaction"].sudo().search(domain, limit=1)
        if interactions:
            contact = interactions.partner_id.filtered(lambda partner: partner in self)
            raise UserError(
                self.env._(
                    "%(contact)s cannot be deleted: interactions are recorded with this contact, "
                    "and they would be lost. Archive the contact, or merge it into another.",
                    contact=(contact or interactions.customer_id)._get_plain_name(),
                )
            )
