from odoo import api, models
from odoo.api import NewId
from odoo.exceptions import AccessError
from odoo.fields import Command, Domain
from odoo.tools import format_list

LINKS = ("many2one", "one2many", "many2many", "reference", "many2one_reference")
ONE_RECORD = (Command.UPDATE, Command.DELETE, Command.UNLINK, Command.LINK)


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

    def _get_named(self, values):
        """Return {field: {(model, id)}} of the records that values name and ours do not yet."""
        named = {}
        for name, value in values.items():
            field = self._fields.get(name)
            if field is not None and field.type in LINKS:
                links = self._read_links(field, value, values)
                if links and (new := links - self._get_linked(field)):
                    named[name] = new
        return named

    def _read_links(self, field, value, values):
        """Return {(model, id)} of what a value names; new records have no id yet."""
        if field.type == "reference":
            model, _comma, number = str(value).partition(",")
            if isinstance(value, models.BaseModel):
                model, number = value._name, str(value.id)
            return {(model, id_) for id_ in _read_text(number)} if model in self.env else set()
        model = field.comodel_name
        if field.type == "many2one_reference":
            model = values.get(field.model_field, self[:1][field.model_field])
        if model not in self.env:
            return set()
        return {(model, id_) for id_ in _read_ids(value)}

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
        return comodel.browse(_read_ids(values[name])).exists()

    # === FORMS ===

    def _blank_hidden(self, values):
        """Return values without what the user may not name, lines of a form included."""
        values = dict(values)
        for name, hidden in self._find_hidden([values])[0].items():
            ids = {id_ for _model, id_ in hidden}
            is_multi = self._fields[name].type in ("one2many", "many2many")
            values[name] = _without_ids(values[name], ids) if is_multi else False
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
            record = comodel.browse(_read_ids(value))
            return record._blank_hidden(value) if is_gated else record.id
        if field.type not in ("one2many", "many2many") or not is_gated:
            return value
        inverse = field.inverse_name if field.type == "one2many" else None
        outer = {inverse: {**values, "id": self.id, field.name: False}} if inverse else {}
        commands = []
        for command in value if isinstance(value, list | tuple) else ():
            ids, given = (), command
            if isinstance(command, list | tuple) and command:
                ids, given = _read_command_ids(command), command[-1]
            if isinstance(given, dict):
                given = comodel.browse(ids)._blank_hidden(given | outer)
                given.pop(inverse, None)
                command = given if isinstance(command, dict) else (*command[:-1], given)  # noqa: PLW2901
            commands.append(command)
        return commands


def _read_ids(value):
    """Return the ids in a value of a relational field, whichever form it has; none of new records.

    PostgreSQL takes an id in quotes for an id, and Python ``True`` for 1: so does the gate.
    """
    if isinstance(value, models.BaseModel):
        return value.ids
    if isinstance(value, NewId):  # in a form: a copy of a record that is there
        return _read_ids(value.origin)
    if isinstance(value, dict):
        return _read_ids(value.get("id"))
    if isinstance(value, list | tuple):
        return [id_ for item in value for id_ in _read_command_ids(item)]
    if isinstance(value, str):
        return _read_text(value)
    return [int(value)] if value and isinstance(value, int | float) else []


def _read_text(text):
    """Return the id a text stands for in Python or PostgreSQL; that of a new record is none."""
    for base in (10, 0):
        try:
            return [int(text, base)]
        except ValueError:
            continue
    return []


def _read_command_ids(item):
    """Return the ids in one command of a x2many field; an id alone stands for itself."""
    if not isinstance(item, list | tuple):
        return _read_ids(item)
    if item and item[0] in ONE_RECORD:
        return _read_ids(item[1])
    return _read_ids(item[2]) if item and item[0] == Command.SET else []


def _without_ids(value, ids):
    """Return the commands of a x2many field without those that name some ids."""
    commands = []
    for item in value:
        if isinstance(item, list | tuple) and item and item[0] == Command.SET:
            kept = [id_ for id_ in _read_ids(item[2]) if id_ not in ids]
            commands.append((Command.SET, 0, kept))
        elif not ids.intersection(_read_command_ids(item)):
            commands.append(item)
    return commands
