from odoo import models, tools

from .customer_api import GROUP_API


class IrModelAccess(models.Model):
    """A user who is there for other programs alone can reach ``customer.api`` and no record.

    Odoo gives API keys to internal users only, and lets those read contacts, users, companies,
    attachments and more: too much for a key that lies about in another program's settings. A
    user whose rights are API access, and what it brings along, is therefore refused all models.
    With any further right the user is like all others.
    """

    _inherit = "ir.model.access"

    @tools.ormcache("self.env.uid", "mode")
    def _get_allowed_models(self, mode="read"):
        return frozenset() if self._is_api_only() else super()._get_allowed_models(mode)

    def _is_api_only(self):
        """Whether API access is the only right of the user."""
        user = self.env.user
        if not user.has_group(GROUP_API):
            return False
        group = self.env.ref(GROUP_API).sudo()
        return not user.sudo().all_group_ids - group - group.all_implied_ids
