from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Add the installed languages, which the user's menu offers to change to."""
        info = super().session_info()
        if self.env.user._is_internal():
            info["customer_languages"] = self.env["res.lang"].get_installed()
        return info
