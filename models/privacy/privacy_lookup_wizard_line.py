from odoo import models


class PrivacyLookupWizardLine(models.TransientModel):
    """A record of ours is no row to delete: the person goes, the numbers stay."""

    _inherit = "privacy.lookup.wizard.line"

    def action_unlink(self):
        """Erase the person from a record of ours; delete others. Public: button."""
        self.ensure_one()
        if self.is_unlinked or not self._is_customer_value():
            return super().action_unlink()
        wizard = self.wizard_id
        self.env["customer.privacy"]._erase_rows(
            self.res_model, [self.res_id], wizard.name, wizard.email
        )
        return self._note_erased()

    def _is_customer_value(self):
        model = self.env.get(self.res_model)
        return model is not None and model._original_module == "customer_value"

    def _note_erased(self):
        self.execution_details = self.env._(
            "Erased the person from %(model)s #%(number)s",
            model=self.res_model_id.name,
            number=self.res_id,
        )
        self.res_name = False
        self.is_unlinked = True
