import json

from odoo import api, models
from odoo.tools import SQL, email_normalize
from odoo.tools.sql import escape_psql

from ..base.folded_text import DIGITS
from .personal_text import (
    ADDRESSES,
    DELETED,
    MASK,
    MENTIONS,
    TECHNICAL,
    TEXT_TYPES,
    THEIRS,
    get_likes,
    get_pattern,
    get_words,
    is_number,
    mask,
)


class CustomerPrivacy(models.AbstractModel):
    """Finds, hands out and erases what our tables hold of a person.

    Contacts, users, messages and accounting are Odoo's. Erasing keeps the records and their
    numbers, so that no total changes; the words and addresses of the person go.
    """

    _name = "customer.privacy"
    _description = "Persons in Our Tables"

    # === WHO AND WHERE ===

    @api.model
    def _get_persons(self, name, email):
        """Return the contacts with an address or a name."""
        address = email_normalize(email or "", strict=False)
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        found = partners.search([("email_normalized", "=", address)]) if address else partners
        if name and name.strip():
            found |= partners.search([("name", "=ilike", escape_psql(name.strip()))])
        return found

    @api.model
    def _get_person_words(self, name, email):
        """Return the texts that tell a person: names, addresses and numbers."""
        persons = self._get_persons(name, email)
        addresses = [email, *persons.mapped("email")]
        if persons:
            rows = self.env["customer.phone.number"].sudo()
            rows = rows.search([("partner_id", "in", persons.ids)])
            addresses += [*persons.mapped("phone"), *rows.mapped("written"), *rows.mapped("number")]
        addresses = [one for one in addresses if one and ("@" in one or is_number(one))]
        return get_words([name, *persons.mapped("name")], addresses)

    @api.model
    def _get_tables(self):
        """Return the models of ours that are tables, and their text columns: (model, fields)."""
        tables = []
        for name, model in sorted(self.env.items()):
            if model._original_module != "customer_value" or model._abstract or not model._auto:
                continue
            technical = TECHNICAL.get(name, ())
            names = [
                field.name
                for field in model._fields.values()
                if field.store
                and field.column_type
                and field.type in TEXT_TYPES
                and field.name not in technical
            ]
            tables.append((model.sudo().with_context(active_test=False), names))
        return tables

    @api.model
    def _find_rows(self, name, email):
        """Return model -> ids of all records of ours that hold a person, or are linked to one."""
        persons, words = self._get_persons(name, email), self._get_person_words(name, email)
        self.env.flush_all()
        found = {}
        for model, names in self._get_tables():
            ids = self._find_mentions(model, names, words) | self._find_linked(model, persons)
            ids |= self._find_beside(model, persons, words)
            if ids:
                found[model._name] = sorted(ids)
        return found

    @api.model
    def _find_mentions(self, model, names, words):
        if not names or not words:
            return set()
        columns = [SQL.identifier(name) for name in names]
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM %s WHERE %s",
                SQL(", ").join(columns),
                SQL.identifier(model._table),
                self._get_mention_sql(columns, words),
            )
        )
        pattern = get_pattern(words)
        return {row[0] for row in rows if any(mask(one, pattern) != one for one in row[1:])}

    @api.model
    def _get_mention_sql(self, columns, words):
        """Return the condition that one of some columns may hold one of the words."""
        likes = get_likes(words)
        digits = ["".join(signs) for signs in (DIGITS, DIGITS.values())]
        return SQL(" OR ").join(
            SQL("translate(%s::text, %s, %s) ILIKE ANY(%s)", column, *digits, likes)
            for column in columns
        )

    @api.model
    def _get_links(self, model):
        """Return the stored fields of a model that point to contacts: (columns, relations)."""
        columns, relations = [], []
        for field in model._fields.values():
            if field.store and field.comodel_name == "res.partner":
                if field.type == "many2one":
                    columns.append(field.name)
                elif field.type == "many2many":
                    relations.append(field)
        return columns, relations

    @api.model
    def _find_linked(self, model, persons):
        if not persons:
            return set()
        columns, relations = self._get_links(model)
        parts = [
            SQL(
                "SELECT id FROM %s WHERE %s = ANY(%s)",
                SQL.identifier(model._table),
                SQL.identifier(column),
                persons.ids,
            )
            for column in columns
        ] + [
            SQL(
                "SELECT %s FROM %s WHERE %s = ANY(%s)",
                SQL.identifier(field.column1),
                SQL.identifier(field.relation),
                SQL.identifier(field.column2),
                persons.ids,
            )
            for field in relations
        ]
        if not parts:
            return set()
        return {row[0] for row in self.env.execute_query(SQL(" UNION ").join(parts))}

    # === HANDING OUT ===

    @api.model
    def _export_person(self, name, email):
        """Return what our tables hold of a person, as a JSON text; for the person to read."""
        content = {}
        for model_name, ids in self._find_rows(name, email).items():
            model = self.env[model_name].sudo()
            technical = TECHNICAL.get(model_name, ())
            names = [
                field.name
                for field in model._fields.values()
                if field.store and field.type != "binary" and field.name not in technical
            ]
            records = model.browse(ids)
            content[model_name] = records.read(names, load="")
            for record, row in zip(records, content[model_name], strict=True):
                row |= self._export_beside(record, name, email)
        return json.dumps(content, default=str, ensure_ascii=False, indent=1)

    # === ERASING ===

    @api.model
    def _erase_person(self, name, email):
        """Erase a person from all our tables; return model -> number of records."""
        rows = self._find_rows(name, email)
        self._stop_mails(name, email)
        for model_name, ids in rows.items():
            self._erase_rows(model_name, ids, name, email)
        return {model_name: len(ids) for model_name, ids in rows.items()}

    @api.model
    def _erase_rows(self, model_name, ids, name, email):
        """Erase a person from records of one model."""
        persons, words = self._get_persons(name, email), self._get_person_words(name, email)
        model = self.env[model_name].sudo().with_context(active_test=False)
        records = model.browse(ids).exists()
        if model_name in DELETED or model._transient:
            records.unlink()
            return
        about = self._get_about(records, persons, words)
        self._stop_waiting(about)
        self._erase_messages(records, about, persons, get_pattern(words))
        self._erase_texts(records, about, get_pattern(words))
        self._unlink_persons(records, persons)
        self.env.invalidate_all()

    @api.model
    def _get_about(self, records, persons, words):
        """Return those of the records that are about the person, not about somebody else."""
        pattern = get_pattern([word for word in words if "@" in word or is_number(word)])
        addresses = ADDRESSES.get(records._name, ())
        contact = "partner_id" if "partner_id" in records._fields else None
        linked = {
            "customer.complaint.resolution": "complaint_id.partner_id",
        }.get(records._name, contact)
        return records.filtered(
            lambda record: (
                bool(linked and record.mapped(linked) & persons)
                or any(pattern.search(record[name] or "") for name in addresses)
            )
        )

    @api.model
    def _erase_texts(self, records, about, pattern):
        """Write by SQL: nothing may be tracked, worked out or told to anybody because of it."""
        self.env.flush_all()
        theirs, mentions = (one.get(records._name, ()) for one in (THEIRS, MENTIONS))
        names = dict((model._name, names) for model, names in self._get_tables())[records._name]
        if not names or not records:
            return
        columns = [SQL.identifier(name) for name in names]
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM %s WHERE id = ANY(%s)",
                SQL(", ").join(columns),
                SQL.identifier(records._table),
                records.ids,
            )
        )
        for row_id, *values in rows:
            changed = {}
            for name, value in zip(names, values, strict=True):
                field = records._fields[name]
                is_gone = row_id in about._ids and name in theirs and value is not None
                # Names of settings stay different from each other.
                sign = f"{MASK}{row_id}" if name in mentions else MASK
                new = (MASK if field.required else None) if is_gone else mask(value, pattern, sign)
                if new != value:
                    is_json = not isinstance(new, str) and new is not None
                    changed[name] = json.dumps(new) if is_json else new
            if changed:
                assignments = [
                    SQL("%s = %s", SQL.identifier(name), value) for name, value in changed.items()
                ]
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s WHERE id = %s",
                        SQL.identifier(records._table),
                        SQL(", ").join(assignments),
                        row_id,
                    )
                )

    @api.model
    def _unlink_persons(self, records, persons):
        """Leave records to the customer a person worked for; the person took part in nothing."""
        if not persons or not records:
            return
        _columns, relations = self._get_links(records)
        for field in relations:
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE %s = ANY(%s) AND %s = ANY(%s)",
                    SQL.identifier(field.relation),
                    SQL.identifier(field.column1),
                    records.ids,
                    SQL.identifier(field.column2),
                    persons.ids,
                )
            )
        if records._name == "customer.call":  # it has a contact only: whose company it stays with
            self.env.cr.execute(
                SQL(
                    """UPDATE customer_call c SET partner_id = p.commercial_partner_id
                         FROM res_partner p
                        WHERE p.id = c.partner_id AND c.id = ANY(%(ids)s)
                          AND p.id = ANY(%(persons)s)
                          AND p.commercial_partner_id <> ALL(%(persons)s)""",
                    ids=records.ids,
                    persons=persons.ids,
                )
            )
        if "customer_id" in records._fields and "partner_id" in records._fields:
            if records._fields["partner_id"].store and records._fields["customer_id"].store:
                self.env.cr.execute(
                    SQL(
                        """UPDATE %(table)s SET partner_id = customer_id
                            WHERE id = ANY(%(ids)s) AND partner_id = ANY(%(persons)s)
                              AND customer_id IS NOT NULL AND customer_id <> ALL(%(persons)s)""",
                        table=SQL.identifier(records._table),
                        ids=records.ids,
                        persons=persons.ids,
                    )
                )
