"""Accounts and contacts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from .crm_row import CrmRow
from .draft import Draft
from .export_files import ExportFile
from .filled import Filled
from .import_context import ImportContext
from .matcher import Matcher
from .place import Place
from .record_writer import RecordWriter
from .row_fault import RowFault
from .text import name_text


class PartnerWriter(RecordWriter):
    """Accounts become companies, contacts persons below their company."""

    def __init__(self, context: ImportContext, file: ExportFile) -> None:
        super().__init__(context, file)
        self.matcher = Matcher(context.target, context.external, file.entity)

    def prepare(self, rows: Sequence[CrmRow]) -> None:
        """Also the contacts that are in Odoo before any import."""
        super().prepare(rows)
        self.matcher.prepare(rows)

    def draft(self, row: CrmRow) -> Draft:
        """The contact of a row."""
        filled = self.filler.fill(row)
        values = filled.values
        if not values.get("name"):
            parts = [row.text("@first_name"), row.text("@last_name")]
            values["name"] = name_text(" ".join(part for part in parts if part))
        if not values["name"]:
            raise RowFault("no name")
        account = self.account(row)
        if account:
            values["parent_id/.id"] = account.id
        user = self.user_id(row, filled)
        if user:
            values["user_id/.id"] = user
        self._place_on_map(row, filled)
        self.filler.finish(row, filled)
        found = self.matcher.take(values)
        place = Place("res.partner", id=found, has_partner=True)
        name = values["name"] if values.get("is_company") else ""
        email = values.get("email", "")
        return Draft(row, "res.partner", values, place, name, email, matched=bool(found))

    def write(self, drafts: Sequence[Draft]) -> None:
        """Create the new ones; those matched only become known."""
        matched = {draft.row.id: draft.place.id for draft in drafts if draft.matched}
        if matched:
            self.context.external.adopt("res.partner", self.entity.label, matched)
        super().write([draft for draft in drafts if not draft.matched])

    def remember(self, drafts: Iterable[Draft]) -> None:
        """Make the contacts known by id, name and e-mail."""
        for draft in drafts:
            draft.place = replace(draft.place, partner_id=draft.place.id)
            self.registry.put(self.entity.name, draft.row.id, draft.place)
            self.registry.put_contact(draft.row.id, draft.place, draft.name, draft.email)

    def _place_on_map(self, row: CrmRow, filled: Filled) -> None:
        """Country and state; what Odoo does not know stays as text."""
        country, state = row.text("@country"), row.text("@state")
        country_id = self.context.countries.id_of(country) if country else False
        state_id = self.context.states.id_of(country_id, state) if country_id and state else False
        if country_id:
            filled.values["country_id/.id"] = country_id
        if state_id:
            filled.values["state_id/.id"] = state_id
        for key, text, found in (("@country", country, country_id), ("@state", state, state_id)):
            if text and not found:
                filled.extra.append(f"{row.heading(key)}: {text}")
                self.context.report.kept_as_text[f"{row.heading(key)} {text}"] += 1
