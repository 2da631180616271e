from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..base.access import MANAGER

APP = "//app[@name='customer_value']"


class CustomerSettings(models.TransientModel):
    """The settings of Customer Value for its managers, who need not be administrators.

    The page is the part of Odoo's settings that is ours; nothing else can be written by it.
    """

    _name = "customer.settings"
    _description = "Settings of Customer Value"
    _inherit = ["customer.gate.mixin", "customer.settings.mixin"]

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Write the settings of the company in use.

        With all rights, for managers only: they may not write companies.

        :raise AccessError: for users who are no managers
        """
        self._check_manager()
        changed_list = [self._check_changed(vals) for vals in vals_list]
        return super(CustomerSettings, self.sudo()).create(changed_list).with_env(self.env)

    def write(self, vals):
        """Write the settings of the company in use, see :meth:`create`."""
        self._check_manager()
        self.check_access("write")
        changed = self._check_changed(vals)
        return super(CustomerSettings, self.sudo()).write(changed)

    @api.model
    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only managers of Customer Value change its settings."))

    def _check_changed(self, vals):
        """Return the settings that differ, if the user may use what they name.

        What is linked already may stay, also where the user may not read it.
        """
        changed, names = self._get_changed(vals), self._get_setting_names()
        others = {name: value for name, value in vals.items() if name not in names}
        self._check_named([changed | others])
        return changed

    def _get_changed(self, vals):
        """Return the settings that differ: writing a company anew would refresh all customers."""
        company = self.env.company
        settings = company.sudo()
        changed = {"company_id": company.id}
        for name in self._get_setting_names() & vals.keys():
            field = settings._fields[name]
            old = field.convert_to_write(settings[name], settings)
            if vals[name] != old:
                changed[name] = vals[name]
        return changed

    @api.model
    def _get_setting_names(self):
        return {
            name
            for name, field in self._fields.items()
            if field.related == f"company_id.{name}" and not field.readonly
        }

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Show the part of Odoo's settings that is ours, as far as its fields are known here."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type != "form":
            return arch, view
        # With all rights: the page of settings itself is for administrators only.
        settings = self.env["res.config.settings"].sudo()
        whole, _view = settings._get_view(None, "form", **options)
        for app in whole.xpath(APP):
            for setting in app.xpath(".//setting"):
                names = {node.get("name") for node in setting.iter("field")}
                if not names <= self._fields.keys():
                    setting.getparent().remove(setting)
            arch.append(app)
        return arch, view

    def execute(self):
        """Keep the settings, which saving the form has written. Public: button.

        :raise AccessError: for users who are no managers
        """
        self._check_manager()
        self.check_access("read")
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def cancel(self):
        """Forget what was entered. Public: button."""
        self.check_access("read")
        return {"type": "ir.actions.client", "tag": "soft_reload"}
