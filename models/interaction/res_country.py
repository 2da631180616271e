from odoo import models

from ..base.folded_text import FoldedChar


class ResCountry(models.Model):
    """Countries are found however their names are written, in each language."""

    _inherit = "res.country"

    name = FoldedChar()
