from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.folded_text import DIGITS, SILENT

PLAIN = str.maketrans({**DIGITS, **dict.fromkeys(SILENT)})


def clean_extension(text):
    """Return an extension as telephone systems name it: ASCII digits, nothing around them."""
    return "".join((text or "").translate(PLAIN).split())


class ResUsers(models.Model):
    _inherit = "res.users"

    customer_phone_extension = fields.Char(
        string="Phone extension",
        copy=False,
        groups="base.group_user",
        help="The extension of the person's telephone: calls that ring there pop up in Odoo.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + ["customer_phone_extension"]

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._clean_extension_of(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._clean_extension_of(vals))

    @api.model
    def _clean_extension_of(self, vals):
        """Return values with the extension as it is compared, whichever keyboard wrote it."""
        name = "customer_phone_extension"
        return vals | {name: clean_extension(vals[name]) or False} if vals.get(name) else vals

    @api.constrains("customer_phone_extension", "company_ids", "active")
    def _check_customer_phone_extension(self):
        """A call pops up at one person: extensions are unique among those who share a company."""
        for user in self.filtered(lambda user: user.active and user.customer_phone_extension):
            other = self.sudo().search(
                [
                    ("id", "!=", user.id),
                    ("customer_phone_extension", "=", user.customer_phone_extension),
                    ("company_ids", "in", user.company_ids.ids),
                ],
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "Extension %(extension)s belongs to %(user)s already: give each person "
                        "an extension of their own.",
                        extension=user.customer_phone_extension,
                        user=other.name,
                    )
                )

    @api.model
    def _find_phone_agents(self, company, names):
        """Return name -> user for logins and extensions of the company's people."""
        if not names:
            return {}
        extensions = {name: clean_extension(name) for name in names}
        users = self.search(
            [
                ("share", "=", False),
                ("company_ids", "in", company.ids),
                "|",
                ("login", "in", list(names)),
                ("customer_phone_extension", "in", list(extensions.values())),
            ]
        )
        by_extension = {user.customer_phone_extension: user for user in users}
        by_login = {user.login: user for user in users}
        found = {name: by_login.get(name) or by_extension.get(extensions[name]) for name in names}
        return {name: user for name, user in found.items() if user}
