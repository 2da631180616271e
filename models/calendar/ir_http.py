from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Add the companies that keep to Gregorian dates whatever the language."""
        info = super().session_info()
        if self.env.user._is_internal():
            info["customer_gregorian_company_ids"] = [
                company.id
                for company in self.env.user.company_ids
                if not company._shows_jalali_dates()
            ]
        return info
