"""Accounts and contacts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .crm_row import CrmRow
from .draft import Draft
from .filled import Filled
from .place import Place
from .record_writer import RecordWriter
from .row_fault import RowFault
from .text import name_text


class PartnerWriter(RecordWriter):
    """Accounts become companies, contacts persons below their company."""

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
        place = Place("res.partner", has_partner=True)
        name = values["name"] if values.get("is_company") else ""
        return Draft(row, "res.partner", values, place, name, values.get("email", ""))

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
