from odoo import models

from ..base.folded_text import FoldedChar


class CrmTeam(models.Model):
    """Teams are found however their names are written, in each language."""

    _inherit = "crm.team"

    name = FoldedChar()
