from odoo import models

from ..base.folded_text import FoldedChar


class ProductCategory(models.Model):
    """Categories are found however their names are written; there are too few for an index."""

    _inherit = "product.category"

    name = FoldedChar()
    complete_name = FoldedChar()
    display_name = FoldedChar()
