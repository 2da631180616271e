from odoo import api, models
from odoo.api import NewId
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_list

from .given_ids import has_no_id, read_command_ids, read_ids, read_text, without_ids

LINKS = ("many2one", "one2many", "many2many", "reference", "many2one_reference")


class CustomerGateMixin(models.AbstractModel):
    """The one gate for records that users name by their ids.

    An id proves nothing: whoever writes one here, by a form, an onchange, a default or over RPC,
    may name only what they may read, or a document that is shown to be the customer's own
    (``_is_own_document``). Everything that is made of a link afterwards, with whatever rights,
    relies on that: proposals, names of linked records, related fields, checks of companies.

    What only our own code decides (``_guarded_fields``) is not written from outside.
    """

    _name = "customer.gate.mixin"
    _description = "Record That Names Others"

    # Fields that may name a document the user may not read, if it is the customer's own.
    _document_fields = ()

    # === THE WAYS IN ===

    @api.model
    def default_get(self, fields):
        """Leave out what the user may not name."""
        values = super().default_get(fields)
        return values if self.env.su else self._blank_hidden(values)

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse what the user may not name or decide.

        :raise AccessError: a record that does not exist or is not theirs, a guarded field
        """
        if self.env.su:
            return super().create(vals_list)
        vals_list = [self._with_plain_ids(self._with_whole_pairs(vals)) for vals in vals_list]
        for vals in vals_list:
            self._check_guarded(vals)
        self._check_named(vals_list)
        unset = {f"default_{name}" for name in self._get_guarded_fields()}
        context = {k: v for k, v in self.env.context.items() if k not in unset}
        records = self.with_env(self.env(context=context))
        return super(CustomerGateMixin, records).create(vals_list).with_env(self.env)

    def write(self, vals):
        """Refuse what the user may not name or decide.

        :raise AccessError: a record that does not exist or is not theirs, a guarded field
        """
        if not self.env.su:
            vals = self._with_plain_ids(vals)
            self._check_guarded(vals)
            self._check_named([vals])
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        """Take out of the form what the user may not name, before anything is made of it."""
        if not self.env.su:
            self.check_access("write" if self else "create")
            if not field_names:
                missing = [name for name in fields_spec if name not in values]
                defaults = self.default_get(missing)
                values = {name: defaults[name] for name in missing if name in defaults} | values
            values = self._blank_hidden(values)
        return super().onchange(values, field_names, fields_spec)

    # === WHAT ONLY OUR OWN CODE DECIDES ===

    def _has_field_access(self, field, operation):
        allowed = super()._has_field_access(field, operation)
        if operation == "write" and not self.env.su:
            return allowed and not self._is_written_by_us(field.name)
        return allowed

    def _is_written_by_us(self, name):
        # Forms give back the documents they were proposed.
        return super()._is_written_by_us(name) and name not in self._document_fields

    # === WHAT MAY BE NAMED ===

    def _is_own_document(self, name, document, values):
        """Whether a document is of the right kind and state, this customer's and this company's.

        :param str name: the field that names it
        :param document: an existing record, with all rights
        :param dict values: what else the user gives; the record holds the rest
        """
        return False

    def _check_named(self, vals_list):
        """Refuse what the user may not name; whether it exists at all is not told."""
        for vals, hidden in zip(vals_list, self._find_hidden(vals_list), strict=True):
            if hidden:
                self._refuse_named(sorted(hidden), vals)

    def _refuse_named(self, names, values):
        labels = [self._fields[name]._description_string(self.env) for name in names]
        raise AccessError(
            self.env._(
                "%(fields)s: there is no such record, or you may not use it. Choose one that the "
                "form offers.",
                fields=format_list(self.env, labels),
            )
        )

    def _find_hidden(self, values_list):
        """Return for each dictionary of values {field: {(model, id)}} of what may not be named.

        One query per model, whatever the number of values.
        """
        named_list = [self._get_named(values) for values in values_list]
        wanted = {}
        for model, id_ in {link for named in named_list for ids in named.values() for link in ids}:
            wanted.setdefault(model, set()).add(id_)
        readable = {
            (model, id_) for model, ids in wanted.items() for id_ in self._get_readable(model, ids)
        }
        hidden_list = []
        for values, named in zip(values_list, named_list, strict=True):
            hidden = {name: ids - readable for name, ids in named.items() if ids - readable}
            hidden_list.append(self._without_own_documents(hidden, values))
        return hidden_list

    def _without_own_documents(self, hidden, values):
        """Take the customer's own documents off; what names the customer has to be readable."""
        refused = {name: ids for name, ids in hidden.items() if name not in self._document_fields}
        values = values | dict.fromkeys(refused, False)
        for name in hidden.keys() - refused:
            foreign = {
                (model, id_)
                for model, id_ in hidden[name]
                if not self._is_own(name, self.env[model].sudo().browse(id_).exists(), values)
            }
            if foreign:
                refused[name] = foreign
        return refused

    def _is_own(self, name, document, values):
        return bool(document) and all(
            record._is_own_document(name, document, values) for record in self or [self]
        )

    @api.model
    def _get_readable(self, model, ids):
        """Return those of some ids that the user may read."""
        own = {"res.company": self.env.companies, "res.users": self.env.user}
        if ids <= set(own[model].ids if model in own else ()):  # defaults: no query for each record
            return ids
        records = self.env[model]
        if not records.has_access("read"):
            return set()
        if self.env["ir.rule"]._compute_domain(model, "read").is_true() and (
            type(records)._search is models.BaseModel._search
        ):
            return ids  # what does not exist cannot be linked anyway
        found = records.with_context(active_test=False)._search(Domain("id", "in", list(ids)))
        return set(found.get_result_ids())

    # === READING WHAT IS GIVEN ===

    def _with_plain_ids(self, values):
        """Return values whose links are numbers, as the record will have them: nothing between.

        PostgreSQL rounds 6.6 to 7, and Odoo checks nothing of a link it cannot read.

        :raise AccessError: what is no id
        """
        plain = dict(values)
        for name, value in values.items():
            field = self._fields.get(name)
            if not value or field is None or field.type not in LINKS:
                continue
            if has_no_id(value):
                self._refuse_named([name], {})
            is_one = field.type in ("many2one", "many2one_reference")
            if is_one and not isinstance(value, models.BaseModel | NewId):
                plain[name] = next(iter(read_ids(value)), False)
                if not plain[name]:
                    self._refuse_named([name], {})
        return plain

    def _with_whole_pairs(self, values):
        """Return values in which the model and the id of a document stand together or not at all.

        A default would give the other half after what is given has been looked at.
        """
        for field in self._get_pair_fields():
            pair = {field.name, field.model_field}
            if missing := pair - values.keys() if pair & values.keys() else ():
                values = dict.fromkeys(missing, False) | self.default_get(list(missing)) | values
        return values

    def _get_pair_fields(self):
        return [field for field in self._fields.values() if field.type == "many2one_reference"]

    def _get_named(self, values):
        """Return {field: {(model, id)}} of the records that values name and ours do not yet."""
        named = {}
        for name, value in values.items():
            field = self._fields.get(name)
            if field is not None and field.type in LINKS:
                links = self._read_links(field, value, values)
                if links and (new := links - self._get_linked(field)):
                    named[name] = new
        for field in self._get_pair_fields():
            if field.model_field in values and field.name not in values:
                ids = set(self.sudo().mapped(field.name)) - {False}
                links = {(values[field.model_field], id_) for id_ in ids}
                if (new := links - self._get_linked(field)) and values[
                    field.model_field
                ] in self.env:
                    named[field.name] = new
        return named

    def _read_links(self, field, value, values):
        """Return {(model, id)} of what a value names; new records have no id yet."""
        if field.type == "reference":
            model, _comma, number = str(value).partition(",")
            if isinstance(value, models.BaseModel):
                model, number = value._name, str(value.id)
            return {(model, id_) for id_ in read_text(number)} if model in self.env else set()
        model = field.comodel_name
        if field.type == "many2one_reference":
            model = values.get(field.model_field, self[:1][field.model_field])
        if model not in self.env:
            return set()
        return {(model, id_) for id_ in read_ids(value)}

    def _get_linked(self, field):
        """Return {(model, id)} of what all of the records name already."""
        linked = []
        for record in self.sudo():
            value = record[field.name] if field.store or field.inverse else None
            if field.type == "many2one_reference":
                linked.append({(record[field.model_field], value)})
            else:
                linked.append({(value._name, id_) for id_ in value.ids} if value else set())
        return set.intersection(*linked) if linked else set()

    def _get_given(self, values, name):
        """Return the record a many2one names: in the values, else in ours. With all rights."""
        if name not in values:
            return self.sudo()[name]
        comodel = self.env[self._fields[name].comodel_name].sudo()
        return comodel.browse(read_ids(values[name])).exists()

    # === FORMS ===

    def _blank_hidden(self, values):
        """Return values without what the user may not name, lines of a form included."""
        values = dict(values)
        for name, hidden in self._find_hidden([values])[0].items():
            ids = {id_ for _model, id_ in hidden}
            is_multi = self._fields[name].type in ("one2many", "many2many")
            values[name] = without_ids(values[name], ids) if is_multi else False
        for name, value in values.items():
            field = self._fields.get(name)
            if value and field is not None and field.relational:
                values[name] = self._blank_nested(field, value, values)
        return values

    def _blank_nested(self, field, value, values):
        """Clean the lines in the commands of a form, and the form a line was sent with."""
        comodel = self.env[field.comodel_name]
        is_gated = isinstance(comodel, self.env.registry["customer.gate.mixin"])
        if isinstance(value, dict):
            record = comodel.browse(read_ids(value))
            return record._blank_hidden(value) if is_gated else record.id
        if field.type not in ("one2many", "many2many") or not is_gated:
            return value
        inverse = field.inverse_name if field.type == "one2many" else None
        outer = {inverse: {**values, "id": self.id, field.name: False}} if inverse else {}
        commands = []
        for command in value if isinstance(value, list | tuple) else ():
            ids, given = (), command
            if isinstance(command, list | tuple) and command:
                ids, given = read_command_ids(command), command[-1]
            if isinstance(given, dict):
                given = comodel.browse(ids)._blank_hidden(given | outer)
                given.pop(inverse, None)
                command = given if isinstance(command, dict) else (*command[:-1], given)  # noqa: PLW2901
            commands.append(command)
        return commands
