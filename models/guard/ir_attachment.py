from odoo import api, models


class IrAttachment(models.Model):
    """Odoo decides on files row by row; programs see none, public ones neither."""

    _inherit = "ir.attachment"

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access) and self.env.user._is_program():
            self.browse().check_access("read")
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)
