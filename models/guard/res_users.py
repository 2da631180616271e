from odoo import api, models
from odoo.exceptions import AccessDenied, AccessError

GROUP_API = "customer_value.customer_value_group_api"
GROUP_TELEPHONY = "customer_value.customer_value_group_telephony"
PROGRAM_GROUPS = (GROUP_API, GROUP_TELEPHONY)
# Odoo gives them by itself, to whoever has two companies or looks for errors.
NO_RIGHTS = ("base.group_multi_company", "base.group_no_one")
# What a program with API access may call: its methods, and who it is itself.
API_METHODS = {"customer.api": None, "res.users": ("context_get", "read")}


class ResUsers(models.Model):
    """A user who is there for other programs alone gets nowhere but to what it is there for.

    Odoo gives API keys to internal users only, and lets those read contacts, logins, bank
    accounts, files and more: too much for a key that lies about in another program's settings.
    A user whose rights are API access, or to report calls, and what these bring along, is
    therefore let in at our own doors only (``ir_http.py``), and refused all models
    (``ir_model_access.py``). With any further right the user is like all others.
    """

    _inherit = "res.users"

    def _is_program(self):
        """Whether all rights of the user are those of another program."""
        self.ensure_one()
        mine = [name for name in PROGRAM_GROUPS if self._has_group(name)]
        if not mine:
            return False
        groups = self.env["res.groups"].sudo().union(*map(self.env.ref, mine))
        further = self.sudo().all_group_ids - groups - groups.sudo().all_implied_ids
        return not further - self.env["res.groups"].sudo().union(*map(self.env.ref, NO_RIGHTS))

    def _may_program_call(self, model, method):
        """Whether a program may call a method of a model."""
        methods = API_METHODS.get(model, ())
        return self._has_group(GROUP_API) and (methods is None or method in methods)

    def _get_program_error(self):
        """Return the error for a program that tries another way in than its own."""
        return AccessError(
            self.env._(
                "This user is there for another program, which has its own way in: an "
                "administrator can give the user further rights."
            )
        )

    @api.model
    def _check_uid_passwd(self, uid, passwd):
        """Let a key that reports calls do nothing over XML-RPC and JSON-RPC."""
        result = super()._check_uid_passwd(uid, passwd)
        user = self.browse(uid)
        if user._is_program() and not user._has_group(GROUP_API):
            raise AccessDenied()
        return result
