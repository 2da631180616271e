from odoo import models, tools


class IrModelAccess(models.Model):
    """Users that are there for other programs alone are refused all models (``res_users.py``)."""

    _inherit = "ir.model.access"

    @tools.ormcache("self.env.uid", "mode")
    def _get_allowed_models(self, mode="read"):
        if self.env.user._is_program():
            return frozenset()
        return super()._get_allowed_models(mode)
