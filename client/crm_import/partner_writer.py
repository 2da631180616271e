"""Accounts and contacts, made or recognised among those Odoo has already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from ..batched import batched
from ..cells.signs import mail_forms, mail_key
from ..loading.company_target import CompanyTarget
from .entity_mapping import EntityMapping
from .export_files import CrmRow, ExportFile, RowFault
from .external_ids import ExternalIds
from .known_records import RecordRef
from .record_writer import ImportContext, PendingRecord, RecordWriter
from .row_converter import ConvertedRow
from .text import key_text, name_text, spellings

SEARCHED = {"email": "email_normalized"}  # field of the mapping: field Odoo compares by
SLICE = 500


class ContactMatcher:
    """Finds the one contact that a row surely is: same values, nobody else has them.

    A contact that an import has made or found before is never taken a second time, so that two
    accounts of one name stay two.
    """

    def __init__(self, target: CompanyTarget, external: ExternalIds, entity: EntityMapping) -> None:
        """:param entity: whose ``match`` says by which fields a contact is recognised"""
        self.target = target
        self.external = external
        self.entity = entity
        self._ids: dict[tuple[str, ...], set[int]] = {}
        self._taken: set[int] = set()

    def prepare(self, rows: Sequence[CrmRow]) -> None:
        """Look up the candidates of these rows by the first field of each rule."""
        for rule in self.entity.match:
            field = rule.split("+")[0]
            texts = {text for row in rows for text in _forms(field, row.text(field))}
            self._look_up(rule, sorted(texts))

    def take(self, values: dict[str, Any]) -> int:
        """Id of the one contact with these values, which nobody gets again; 0 to create one."""
        for rule in self.entity.match:
            fields = rule.split("+")
            if not all(values.get(field) for field in fields):
                continue
            key = (rule, *(_reduced(field, values[field]) for field in fields))
            found = self._ids.get(key, set()) - self._taken
            if len(found) == 1:
                (contact,) = found
                self._taken.add(contact)
                return contact
        return 0

    def _look_up(self, rule: str, texts: Sequence[str]) -> None:
        searched = [SEARCHED.get(field, field) for field in rule.split("+")]
        base = [
            ["is_company", "=", bool(self.entity.constants.get("is_company"))],
            ["company_id", "in", [False, self.target.company_id]],
        ]
        for part in batched(texts, SLICE):
            domain = [[searched[0], "in", part], *base]
            rows = self.target.read("res.partner", domain, searched)
            known = self.external.known("res.partner", [row["id"] for row in rows])
            for row in rows:
                if row["id"] not in known and all(row[field] for field in searched):
                    key = (rule, *(_reduced(field, row[field]) for field in searched))
                    self._ids.setdefault(key, set()).add(row["id"])


def _forms(field: str, text: str) -> Iterable[str]:
    """How a text may stand in Odoo."""
    if not text:
        return ()
    return mail_forms(text) if field == "email" else spellings(text)


def _reduced(field: str, text: str) -> str:
    return mail_key(text) if field in ("email", SEARCHED["email"]) else key_text(text)


class PartnerWriter(RecordWriter):
    """Accounts become companies, contacts persons below their company."""

    def __init__(self, context: ImportContext, file: ExportFile) -> None:
        """:raises InvalidInput: Odoo does not have what the mapping names"""
        super().__init__(context, file)
        self.matcher = ContactMatcher(context.target, context.external, file.entity)

    def prepare(self, rows: Sequence[CrmRow]) -> None:
        """Also the contacts that are in Odoo before any import."""
        super().prepare(rows)
        self.matcher.prepare(rows)

    def build(self, row: CrmRow) -> PendingRecord:
        """The contact of a row."""
        converted = self.converter.convert(row)
        values = converted.values
        if not values.get("name"):
            parts = [row.text("@first_name"), row.text("@last_name")]
            values["name"] = name_text(" ".join(part for part in parts if part))
        if not values["name"]:
            raise RowFault("no name")
        account = self.account(row)
        if account:
            values["parent_id/.id"] = account.id
        user = self.user_id(row, converted)
        if user:
            values["user_id/.id"] = user
        self._set_country(row, converted)
        self.converter.add_unmapped(row, converted)
        found = self.matcher.take(values)
        ref = RecordRef("res.partner", id=found, has_partner=True)
        name = values["name"] if values.get("is_company") else ""
        email = values.get("email", "")
        return PendingRecord(row, "res.partner", values, ref, name, email, matched=bool(found))

    def write(self, records: Sequence[PendingRecord]) -> None:
        """Create the new ones; those matched only become known."""
        matched = {record.row.id: record.ref.id for record in records if record.matched}
        if matched:
            self.context.external.adopt("res.partner", self.entity.label, matched)
        super().write([record for record in records if not record.matched])

    def remember(self, records: Iterable[PendingRecord]) -> None:
        """Make the contacts known by id, name and e-mail."""
        for record in records:
            record.ref = replace(record.ref, partner_id=record.ref.id)
            self.known.put(self.entity.name, record.row.id, record.ref)
            self.known.put_contact(record.row.id, record.ref, record.name, record.email)

    def _set_country(self, row: CrmRow, converted: ConvertedRow) -> None:
        """Country and state; what Odoo does not know stays as text."""
        country, state = row.text("@country"), row.text("@state")
        country_id = self.context.countries.id_of(country) if country else False
        state_id = self.context.states.id_of(country_id, state) if country_id and state else False
        if country_id:
            converted.values["country_id/.id"] = country_id
        if state_id:
            converted.values["state_id/.id"] = state_id
        for key, text, found in (("@country", country, country_id), ("@state", state, state_id)):
            if text and not found:
                converted.extra_lines.append(f"{row.heading(key)}: {text}")
                self.context.report.kept_as_text[f"{row.heading(key)} {text}"] += 1
