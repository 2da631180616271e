from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        """Keep contacts something has happened with: calls, questions, tiers are no waste.

        Models whose records tell of a contact name the fields in ``_contact_history``.
        """
        for model in self.env.values():
            names = () if model._abstract else getattr(model, "_contact_history", ())
            records = model.sudo().with_context(active_test=False)
            domain = Domain.OR(Domain(name, "in", self.ids) for name in names)
            if names and (found := records.search(domain, limit=1)):
                contact = next(found[name] & self for name in names if found[name] & self)
                raise UserError(
                    self.env._(
                        "%(contact)s cannot be deleted: there is a history that would be lost "
                        "(%(what)s). Archive the contact, or merge it into another.",
                        contact=contact.display_name,
                        what=self.env["ir.model"]._get(model._name).sudo().name,
                    )
                )
