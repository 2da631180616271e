from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def write(self, vals):
        """Fix the costs of what was posted until now before the cost of the product changes."""
        if "standard_price" in vals:
            self.env["customer.refresh.queue"]._work_off()
        return super().write(vals)
