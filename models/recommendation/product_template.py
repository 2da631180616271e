from odoo import models

from ..base.folded_text import FoldedChar, GramsIndex, IndexedFoldedChar


class ProductTemplate(models.Model):
    """Products are found however their names are written, in each language."""

    _inherit = "product.template"

    name = IndexedFoldedChar()
    display_name = FoldedChar()

    _customer_name_grams_idx = GramsIndex("name", translate=True)
