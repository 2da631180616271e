"""Calls, meetings, e-mails, notes and cases, and whom they are about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .entity_mapping import PLANNED
from .export_files import CrmRow, ExportFile, RowFault
from .known_records import KnownRecords, RecordRef
from .record_writer import ImportContext, PendingRecord, RecordWriter
from .row_converter import ConvertedRow
from .text import html_text, key_text

ADDRESS = re.compile(r"[^\s<>,;\"']+@[^\s<>,;\"']+")
MAIL_KEYS = ("@from", "@to")
ACTIVITY, INTERACTION = "mail.activity", "customer.interaction"
NO_SUBJECT = "(no subject)"
# What the product takes: a day.
MAX_MINUTES = 24 * 60
MODEL_IDS = {
    "res.partner": "base.model_res_partner",
    "crm.lead": "crm.model_crm_lead",
    INTERACTION: "customer_value.model_customer_interaction",
}


class CustomerFinder:
    """Contact first, then account, then the record it belongs to, then name, then address."""

    def __init__(self, writer: RecordWriter) -> None:
        self.writer = writer
        self.known: KnownRecords = writer.known
        self.modules = writer.context.mapping.modules

    def prepare(self, rows: Sequence[CrmRow]) -> None:
        """Look up parents and addresses in one go."""
        wanted: dict[str, list[str]] = {}
        for row in rows:
            entity = self.modules.get(key_text(row.text("@parent_type")))
            if entity:
                wanted.setdefault(entity, []).append(row.text("@parent_id"))
        for entity, row_ids in wanted.items():
            self.known.fetch(entity, row_ids)
        self.known.fetch_emails(mail for row in rows for mail in addresses(row))

    def parent(self, row: CrmRow) -> RecordRef | None:
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

    def customer_id(self, row: CrmRow, parent: RecordRef | None) -> int | None:
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
            found = self.known.by_email(address)
            if len(found) == 1:
                return found[0].id
        return None


def addresses(row: CrmRow) -> list[str]:
    """E-mail addresses of sender and recipients."""
    return [mail for key in MAIL_KEYS for mail in ADDRESS.findall(row.text(key))]


class InteractionWriter(RecordWriter):
    """What happened becomes an interaction, what is planned an activity."""

    def __init__(self, context: ImportContext, file: ExportFile) -> None:
        """:raises InvalidInput: Odoo does not have what the mapping names"""
        super().__init__(context, file)
        self.finder = CustomerFinder(self)

    def existing(self, rows: Sequence[CrmRow]) -> dict[str, RecordRef]:
        """Interactions by request key; for planned rows also activities by external id."""
        found = super().existing(rows)
        planned = [row.id for row in rows if row.id not in found and self._is_planned(row)]
        if planned:
            ids = self.context.external.find(ACTIVITY, self.entity.label, planned)
            found.update({row_id: RecordRef(ACTIVITY, odoo_id) for row_id, odoo_id in ids.items()})
        return found

    def prepare(self, rows: Sequence[CrmRow]) -> None:
        """Also what the rows belong to."""
        super().prepare(rows)
        self.finder.prepare(rows)

    def build(self, row: CrmRow) -> PendingRecord:
        """The interaction or activity of a row."""
        converted = self.converter.convert(row)
        values = converted.values
        if not values.get("date"):
            raise RowFault("no date")
        values["subject"] = values.get("subject") or NO_SUBJECT
        parent = self.finder.parent(row)
        partner_id = self.finder.customer_id(row, parent)
        if partner_id is None and self.context.mapping.without_customer == "reject":
            raise RowFault("no customer", "neither contact, account, known name nor address")
        user = self.user_id(row, converted)
        mails = [f"{row.heading(k)}: {row.text(k)}" for k in ("@from", "@to") if row.text(k)]
        converted.extra_lines += mails
        self._duration(row, converted)
        self.converter.add_unmapped(row, converted)
        if converted.special.get("@status") == PLANNED:
            return self._activity(row, values, user, partner_id, parent)
        if values["date"].date() > self.context.now.date():
            raise RowFault("after today, and not planned", str(values["date"]))
        values["user_id"] = user
        values["partner_id"] = partner_id or False
        values["company_id"] = self.context.target.company_id
        values["request_key"] = self.known.request_key(self.entity.label, row.id)
        if partner_id is None:
            values["address"] = next(iter(addresses(row)), False)
        if parent and parent.model != "res.partner":
            values.update({"res_model": parent.model, "res_id": parent.id})
        ref = RecordRef(INTERACTION, 0, partner_id or 0, partner_id is not None)
        return PendingRecord(row, INTERACTION, values, ref)

    def write(self, records: Sequence[PendingRecord]) -> None:
        """Interactions by create(), activities by load(): in this order, both repeatable."""
        fresh = [record for record in records if record.model == INTERACTION]
        keys = [record.row.id for record in fresh]
        there = self.known.look_up(self.entity.name, keys) if keys else {}
        missing = [record for record in fresh if record.row.id not in there]
        if missing:
            vals = [_json(record.values) for record in missing]
            ids = self.context.target.call(INTERACTION, "create", vals_list=vals)
            for record, odoo_id in zip(missing, ids, strict=True):
                record.ref = replace(record.ref, id=odoo_id)
        for record in fresh:
            record.ref = there.get(record.row.id, record.ref)
        planned = {record.row.id: record.values for record in records if record.model == ACTIVITY}
        if planned:
            self.context.external.load(ACTIVITY, self.entity.label, planned)

    def _activity(
        self,
        row: CrmRow,
        values: dict[str, Any],
        user: int | bool,
        partner_id: int | None,
        parent: RecordRef | None,
    ) -> PendingRecord:
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
            "date_deadline": self.converter.dates.day(row.text("date")),
            "note": html_text(note),
        }
        if user:
            found["user_id/.id"] = user
        return PendingRecord(row, ACTIVITY, found, RecordRef(ACTIVITY, 0, partner_id or 0, True))

    def _is_planned(self, row: CrmRow) -> bool:
        try:
            return self.converter.convert(row).special.get("@status") == PLANNED
        except RowFault:
            return False

    def _duration(self, row: CrmRow, converted: ConvertedRow) -> None:
        """Hours and minutes, else the time between start and end."""
        minutes = converted.values.get("duration_minutes") or 0.0
        if minutes < 0:
            raise RowFault(f"bad {row.heading('duration_minutes')}", f"below zero: {minutes}")
        hours = row.text("@hours")
        if hours:
            minutes += 60 * self.converter.number(row, "@hours", hours)
        end = row.text("@end")
        if not minutes and end:
            try:
                span = self.converter.dates.moment(end) - converted.values["date"]
            except ValueError as error:
                raise RowFault(f"bad {row.heading('@end')}", str(error)) from None
            if span.total_seconds() < 0:
                raise RowFault(f"bad {row.heading('@end')}", "before the start")
            # From one day to another it is no working time.
            minutes = min(span.total_seconds() / 60, MAX_MINUTES)
        if minutes > MAX_MINUTES:
            raise RowFault(f"bad {row.heading('duration_minutes')}", f"above a day: {minutes}")
        if minutes:
            converted.values["duration_minutes"] = minutes


def _json(values: dict[str, Any]) -> dict[str, Any]:
    """Values as RPC takes them."""
    moment = values["date"].strftime("%Y-%m-%d %H:%M:%S")
    return {**values, "date": moment}
