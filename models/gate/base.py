from odoo import api, models, tools
from odoo.exceptions import AccessError

ADDON = ("customer_value",)


class Base(models.AbstractModel):
    """What is computed, journalled or decided has no default anybody outside could give.

    Odoo lets the context of any call, and the personal defaults of any user, fill each field that
    a new record is not given. The fields that only our own code decides take neither.
    """

    _inherit = "base"

    # Beside the read-only fields: others that only our own code decides.
    _guarded_fields = frozenset()
    # Nobody makes such records but our own code: it decides every field.
    _is_guarded = False

    @api.model
    @tools.ormcache()
    def _get_guarded_fields(self):
        """Return the names of the stored fields of ours that only our own code decides."""
        if self._transient:
            return frozenset(self._guarded_fields)
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.store and self._is_guarded_field(name, field)
        )

    @api.model
    def _is_guarded_field(self, name, field):
        is_decided = self._is_guarded or field.readonly
        return name in self._guarded_fields or (is_decided and field._modules == ADDON)

    @api.model
    def default_get(self, fields):
        guarded = self._get_guarded_fields().intersection(fields)
        if not guarded:
            return super().default_get(fields)
        values = super().default_get([name for name in fields if name not in guarded])
        for name in guarded:
            field = self._fields[name]
            if field.default:
                value = field.convert_to_cache(field.default(self), self, validate=False)
                values[name] = field.convert_to_write(value, self)
        return values

    def _read_group_groupby(self, alias, groupby_spec, query):
        """Check the right on a field with several links, which Odoo does not where it groups."""
        field = self._fields.get(groupby_spec.partition(".")[0])
        if field and field.type == "many2many" and field._modules == ADDON:
            self._check_field_access(field, "read")
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _check_guarded(self, vals):
        """Refuse what only our own code decides; models call it for what users give.

        :raise AccessError: a guarded field
        """
        if not self.env.su and any(self._is_written_by_us(name) for name in vals):
            self._refuse_guarded()

    def _is_written_by_us(self, name):
        """Whether only our own code writes a field; who and when, Odoo itself leaves out."""
        return name in self._guarded_fields or (
            name not in models.MAGIC_COLUMNS and name in self._get_guarded_fields()
        )

    def _refuse_guarded(self):
        raise AccessError(
            self.env._("This is computed or decided by the buttons, it cannot be entered.")
        )

    def _get_customers(self):
        """Return the customers a document may be shown to; documents of ours know better."""
        partners = self.partner_id if "partner_id" in self._fields else self.env["res.partner"]
        return partners.commercial_partner_id

    def _is_of_customer(self, customer, company):
        """Whether a document exists and is a customer's own, in a company."""
        document = self.sudo().exists()
        if not document or not customer:
            return False
        of_company = document.company_id if "company_id" in document._fields else company
        return of_company <= company and customer in document._get_customers()
