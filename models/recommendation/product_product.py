from odoo import models

from ..base.folded_text import FoldedChar


class ProductProduct(models.Model):
    """Products are found by the digits of either script."""

    _inherit = "product.product"

    default_code = FoldedChar()
    barcode = FoldedChar()
    display_name = FoldedChar()
