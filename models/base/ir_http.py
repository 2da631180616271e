from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        """Leave out ``?self=…``: no page reads it, and Python takes it for the page itself."""
        request.params.pop("self", None)
        return super()._dispatch(endpoint)

    def session_info(self):
        """Add the installed languages, which the user's menu offers to change to."""
        info = super().session_info()
        if self.env.user._is_internal():
            info["customer_languages"] = self.env["res.lang"].get_installed()
        return info
