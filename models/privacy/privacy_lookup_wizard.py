import base64

from odoo import fields, models
from odoo.exceptions import AccessError


class PrivacyLookupWizard(models.TransientModel):
    """Odoo's look-up of a person finds, hands out and erases what our tables hold."""

    _inherit = "privacy.lookup.wizard"

    customer_export = fields.Binary(
        string="Customer Value data",
        compute="_compute_customer_export",
        groups="base.group_system",
        help="What Customer Value holds of the person, as a file to hand over.",
    )
    customer_export_name = fields.Char(
        compute="_compute_customer_export", groups="base.group_system"
    )

    def _compute_customer_export(self):
        for wizard in self:
            text = self.env["customer.privacy"]._export_person(wizard.name, wizard.email)
            wizard.customer_export = base64.b64encode(text.encode())
            wizard.customer_export_name = "customer-value.json"

    def _get_query_models_blacklist(self):
        """Leave our models out of Odoo's search for a few columns: all are searched below."""
        ours = [
            name for name, model in self.env.items() if model._original_module == "customer_value"
        ]
        return [*super()._get_query_models_blacklist(), *ours]

    def action_lookup(self):
        """Find a person in all tables. Public: button."""
        action = super().action_lookup()
        lines = [
            {"res_model_id": self.env["ir.model"]._get_id(name), "res_id": res_id}
            for name, ids in self.env["customer.privacy"]._find_rows(self.name, self.email).items()
            for res_id in ids
        ]
        self.line_ids = [(0, 0, {**line, "is_active": True}) for line in lines]
        return action

    def action_erase_customer_value(self):
        """Erase a person from all our tables; the numbers stay. Public: button.

        :raise AccessError: for users who are no administrators
        """
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only an administrator can erase a person."))
        self.env["customer.privacy"]._erase_person(self.name, self.email)
        for line in self.line_ids.filtered(lambda line: line._is_customer_value()):
            line._note_erased()
        return True
