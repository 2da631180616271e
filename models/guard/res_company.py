from odoo import models

ADDON = "customer_value"


class ResCompany(models.Model):
    _inherit = "res.company"

    def unlink(self):
        """Take along what the database leaves behind when records go with their company.

        Messages, files, followers and mail addresses of our records; numbers counted for it.
        """
        for records in self._get_threads():
            records.unlink()
        sequences = self._get_customer_sequences()
        result = super().unlink()
        sequences.exists().unlink()
        return result

    def _get_threads(self):
        """Yield the records of ours that others hang on; what has an address of its own last."""
        registry = self.env.registry
        addressed = registry.descendants(["mail.alias.mixin"], "_inherit")
        threads = registry.descendants(["mail.thread"], "_inherit") | addressed
        ours = [name for name in threads if self.env[name]._original_module == ADDON]
        for name in sorted(ours, key=lambda name: (name in addressed, name)):
            model = self.env[name].sudo().with_context(active_test=False)
            if not model._abstract and "company_id" in model._fields:
                yield model.search([("company_id", "in", self.ids)])

    def _get_customer_sequences(self):
        """Return the sequences we made for the companies."""
        names = [f"customer_complaint_sequence_{company.id}" for company in self]
        domain = [("module", "=", ADDON), ("name", "in", names), ("model", "=", "ir.sequence")]
        data = self.env["ir.model.data"].sudo().search(domain)
        return self.env["ir.sequence"].sudo().browse(data.mapped("res_id"))
