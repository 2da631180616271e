from datetime import timedelta

from odoo import fields, models
from odoo.addons.base.models.res_users import check_identity
from odoo.exceptions import AccessError, UserError

from ..models.api.customer_api import GROUP_API

MAX_DAYS = 90


class CustomerApiKey(models.TransientModel):
    """Make an API key for the user another program connects as.

    Odoo lets people make keys for themselves only, on their own screen; a user with API access
    alone has no screen, so the administrator makes the key.
    """

    _name = "customer.api.key"
    _description = "Key for Another Program"
    _inherit = "customer.gate.mixin"

    user_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        ondelete="cascade",
        default=lambda self: self._get_default_user(),
        help="The user the program connects as; needs the right “API access”.",
    )
    name = fields.Char(string="Program", required=True, help="What the key is for.")
    days = fields.Integer(
        string="Valid for (days)",
        required=True,
        default=MAX_DAYS,
        help="1 to 90; make a new key before it ends.",
    )

    def _get_default_user(self):
        context = self.env.context
        return context.get("active_model") == "res.users" and context.get("active_id")

    @check_identity
    def action_make_key(self):
        """Make the key and show it, once. Public: button; asks for one's password.

        :raise AccessError: for users who are not administrators
        :raise UserError: when the user may not call ``customer.api``, or the time is too long
        """
        self.ensure_one()
        key = self._make_key()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.users.apikeys.show",
            "name": self.env._("Key for %(program)s", program=self.name),
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_key": key},
        }

    def _make_key(self):
        """Return a new key."""
        if not self.env.user._is_system():
            raise AccessError(self.env._("Only administrators make keys for other programs."))
        if not self.user_id.has_group(GROUP_API):
            raise UserError(
                self.env._(
                    "%(user)s has no API access: give the right in the user's settings first.",
                    user=self.user_id.name,
                )
            )
        if not 1 <= self.days <= MAX_DAYS:
            raise UserError(self.env._("A key is valid for 1 to %(most)s days.", most=MAX_DAYS))
        keys = self.env["res.users.apikeys"].with_user(self.user_id)
        end = fields.Datetime.now() + timedelta(days=self.days)
        return keys._generate(None, self.name, end)
