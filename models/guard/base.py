import re

from odoo import models

from .spreadsheet_text import disarm

OURS = "customer_value"
# Columns of Odoo's own documents that we fill with what callers and customers wrote, and what
# tells them in other words: numbers and subjects, reasons of what is done about complaints.
CUSTOMER_TEXTS = {
    "account.move": {"ref"},
    "account.move.line": {"ref"},
    "crm.lead": {
        *("display_name", "name", "contact_name", "partner_name"),
        *("email_from", "email_normalized", "phone", "phone_sanitized"),
    },
    "loyalty.history": {"description"},
    "sale.order": {"client_order_ref"},
}


class Base(models.AbstractModel):
    """Text that customers and callers write never becomes a formula of a spreadsheet.

    Decided here for every model: an export shows our text if it begins at, passes through or
    ends at a model or a field of ours, or at one we fill. All other exports are as Odoo makes them.
    """

    _inherit = "base"

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        rows = super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
        if _is_toplevel_call and self._shows_customer_text("/".join(path) for path in fields):
            return [[disarm(value) for value in row] for row in rows]
        return rows

    def _shows_customer_text(self, paths):
        """Tell whether an export of the records shows a model or field of ours.

        :param paths: columns and levels of groups, such as ``partner_id/name`` or ``date:month``
        """
        return (
            self._original_module == OURS
            or any(self._is_customer_path(path) for path in paths)
            or self._are_about_ours()
        )

    def _is_customer_path(self, path):
        model, names = self, iter(re.split("[/.]", path))
        for name in names:
            field = model._fields.get(name.partition(":")[0])
            if field is None:
                continue  # the database id, ".id"
            if field.name in CUSTOMER_TEXTS.get(model._name, ()):
                return True
            # What is displayed is Odoo's own: ours only folds what is searched.
            if set(field._modules) == {OURS} and field.name != "display_name":
                return True
            comodel = field.comodel_name
            if field.type == "properties":
                comodel = model._get_property_comodel(field.name, next(names, ""))
            if not comodel or comodel not in self.env:
                return False
            model = self.env[comodel]
            if model._original_module == OURS:
                return True
        # A link is shown by the name of what it leads to.
        return model is not self and "display_name" in CUSTOMER_TEXTS.get(model._name, ())

    def _get_property_comodel(self, field_name, property_name):
        """Return the name of the model a property points to, None for plain values."""
        if not property_name.isalnum():
            return None
        definition = self.sudo().get_property_definition(f"{field_name}.{property_name}")
        return definition.get("comodel")

    def _are_about_ours(self):
        """Whether messages, activities, files … among the records are about records of ours."""
        kept_in = {
            field.model_field
            for field in self._fields.values()
            if field.type == "many2one_reference" and field.model_field in self._fields
        }
        names = {name for kept in kept_in for name in self.sudo().mapped(kept) if name}
        return any(name in self.env and self.env[name]._original_module == OURS for name in names)

    def _may_show_customer_text(self):
        """Whether a pivot table of the model may: it does not tell by what it is grouped.

        Nor what its activities or messages are about.
        """
        return self._original_module == OURS or any(
            field.type == "many2one_reference" or self._is_customer_path(name)
            for name, field in self._fields.items()
        )
