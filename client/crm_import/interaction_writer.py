"""Calls, meetings, e-mails, notes and cases, and whom they are about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .entity_mapping import PLANNED
from .export_files import CrmRow, ExportFile, RowFault
from .known_records import Place, Registry
from .record_writer import Draft, ImportContext, RecordWriter
from .row_values import Filled
from .text import html_text, key_text

ADDRESS = re.compile(r"[^\s<>,;\"']+@[^\s<>,;\"']+")
MAIL_KEYS = ("@from", "@to")
ACTIVITY, INTERACTION = "mail.activity", "customer.interaction"
NO_SUBJECT = "(no subject)"
MODEL_IDS = {
    "res.partner": "base.model_res_partner",
    "crm.lead": "crm.model_crm_lead",
    INTERACTION: "customer_value.model_customer_interaction",
}


class CustomerFinder:
    """Contact first, then account, then the record it belongs to, then name, then address."""

    def __init__(self, writer: RecordWriter) -> None:
        self.writer = writer
        self.registry: Registry = writer.registry
        self.modules = writer.context.mapping.modules

    def prepare(self, rows: Sequence[CrmRow]) -> None:
        """Look up parents and addresses in one go."""
        wanted: dict[str, list[str]] = {}
        for row in rows:
            entity = self.modules.get(key_text(row.text("@parent_type")))
            if entity:
                wanted.setdefault(entity, []).append(row.text("@parent_id"))
        for entity, row_ids in wanted.items():
            self.registry.fetch(entity, row_ids)
        self.registry.fetch_emails(mail for row in rows for mail in addresses(row))

    def parent(self, row: CrmRow) -> Place | None:
        """The record a row belongs to.

        :raises RowFault: it is nowhere, or of a kind that is not imported and nothing else tells
            the customer
        """
        kind, row_id = row.text("@parent_type"), row.text("@parent_id")
        if not row_id:
            return None
        entity = self.modules.get(key_text(kind))
        if entity:
            return self.writer.referred(entity, row_id)
        if row.text("@contact_id") or row.text("@account_id"):
            return None
        raise RowFault("belongs to what is not imported", f"{kind or 'no module'} {row_id}")

    def customer_id(self, row: CrmRow, parent: Place | None) -> int | None:
        """Id of the contact (0 in a dry run), None when nothing tells it.

        :raises RowFault: the row names somebody who is nowhere
        """
        contact = row.text("@contact_id")
        if contact:
            return self.writer.referred("contacts", contact).id
        account = self.writer.account(row)
        if parent and parent.has_partner:
            return parent.partner_id
        if account:
            return account.id
        for address in addresses(row):
            found = self.registry.by_email(address)
            if len(found) == 1:
                return found[0].id
        return None


def addresses(row: CrmRow) -> list[str]:
    """E-mail addresses of sender and recipients."""
    return [mail for key in MAIL_KEYS for mail in ADDRESS.findall(row.text(key))]


class InteractionWriter(RecordWriter):
    """What happened becomes an interaction, what is planned an activity."""

    def __init__(self, context: ImportContext, file: ExportFile) -> None:
        super().__init__(context, file)
        self.finder = CustomerFinder(self)

    def existing(self, rows: Sequence[CrmRow]) -> dict[str, Place]:
        """Interactions by request key; for planned rows also activities by external id."""
        found = super().existing(rows)
        planned = [row.id for row in rows if row.id not in found and self._is_planned(row)]
        if planned:
            ids = self.context.external.find(ACTIVITY, self.entity.label, planned)
            found.update({row_id: Place(ACTIVITY, odoo_id) for row_id, odoo_id in ids.items()})
        return found

    def prepare(self, rows: Sequence[CrmRow]) -> None:
        """Also what the rows belong to."""
        super().prepare(rows)
        self.finder.prepare(rows)

    def draft(self, row: CrmRow) -> Draft:
        """The interaction or activity of a row."""
        filled = self.filler.fill(row)
        values = filled.values
        if not values.get("date"):
            raise RowFault("no date")
        values["subject"] = values.get("subject") or NO_SUBJECT
        parent = self.finder.parent(row)
        partner_id = self.finder.customer_id(row, parent)
        if partner_id is None and self.context.mapping.without_customer == "reject":
            raise RowFault("no customer", "neither contact, account, known name nor address")
        user = self.user_id(row, filled)
        mails = [f"{row.heading(k)}: {row.text(k)}" for k in ("@from", "@to") if row.text(k)]
        filled.extra += mails
        self._duration(row, filled)
        self.filler.finish(row, filled)
        if filled.marks.get("@status") == PLANNED:
            return self._activity(row, values, user, partner_id, parent)
        values["user_id"] = user
        values["partner_id"] = partner_id or False
        values["company_id"] = self.context.target.company_id
        values["request_key"] = self.registry.request_key(self.entity.label, row.id)
        if partner_id is None:
            values["address"] = next(iter(addresses(row)), False)
        if parent and parent.model != "res.partner":
            values.update({"res_model": parent.model, "res_id": parent.id})
        place = Place(INTERACTION, 0, partner_id or 0, partner_id is not None)
        return Draft(row, INTERACTION, values, place)

    def write(self, drafts: Sequence[Draft]) -> None:
        """Interactions by create(), activities by load(): in this order, both repeatable."""
        fresh = [draft for draft in drafts if draft.model == INTERACTION]
        keys = [draft.row.id for draft in fresh]
        there = self.registry.look_up(self.entity.name, keys) if keys else {}
        missing = [draft for draft in fresh if draft.row.id not in there]
        if missing:
            vals = [_json(draft.values) for draft in missing]
            ids = self.context.target.call(INTERACTION, "create", vals_list=vals)
            for draft, odoo_id in zip(missing, ids, strict=True):
                draft.place = replace(draft.place, id=odoo_id)
        for draft in fresh:
            draft.place = there.get(draft.row.id, draft.place)
        planned = {draft.row.id: draft.values for draft in drafts if draft.model == ACTIVITY}
        if planned:
            self.context.external.load(ACTIVITY, self.entity.label, planned)

    def _activity(
        self,
        row: CrmRow,
        values: dict[str, Any],
        user: int | bool,
        partner_id: int | None,
        parent: Place | None,
    ) -> Draft:
        """An activity on the opportunity it is about, else on the contact."""
        when = "future" if values["date"] > self.context.now else "past"
        if self.context.mapping.planned[when] == "reject" or not self.entity.activity_type:
            raise RowFault(f"planned for the {when}, not held", str(values["date"]))
        if partner_id is None and not parent:
            raise RowFault("no customer", "an activity needs one")
        on = parent if parent and parent.model != "res.partner" else None
        model, record_id = (on.model, on.id) if on else ("res.partner", partner_id)
        note = values.get(self.entity.rest) or ""
        found = {
            "res_model_id/id": MODEL_IDS[model],
            "res_id": record_id,
            "activity_type_id/id": self.entity.activity_type,
            "summary": values["subject"],
            "date_deadline": self.filler.dates.day(row.text("date")),
            "note": html_text(note),
        }
        if user:
            found["user_id/.id"] = user
        return Draft(row, ACTIVITY, found, Place(ACTIVITY, 0, partner_id or 0, True))

    def _is_planned(self, row: CrmRow) -> bool:
        try:
            return self.filler.fill(row).marks.get("@status") == PLANNED
        except RowFault:
            return False

    def _duration(self, row: CrmRow, filled: Filled) -> None:
        """Hours and minutes, else the time between start and end."""
        minutes = filled.values.get("duration_minutes") or 0.0
        if minutes < 0:
            raise RowFault(f"bad {row.heading('duration_minutes')}", f"below zero: {minutes}")
        hours = row.text("@hours")
        if hours:
            minutes += 60 * self.filler.number(row, "@hours", hours)
        end = row.text("@end")
        if not minutes and end:
            try:
                span = self.filler.dates.moment(end) - filled.values["date"]
            except ValueError as error:
                raise RowFault(f"bad {row.heading('@end')}", str(error)) from None
            if span.total_seconds() < 0:
                raise RowFault(f"bad {row.heading('@end')}", "before the start")
            minutes = span.total_seconds() / 60
        if minutes:
            filled.values["duration_minutes"] = minutes


def _json(values: dict[str, Any]) -> dict[str, Any]:
    """Values as RPC takes them."""
    moment = values["date"].strftime("%Y-%m-%d %H:%M:%S")
    return {**values, "date": moment}
