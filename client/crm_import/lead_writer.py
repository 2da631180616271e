"""Opportunities."""

from __future__ import annotations

from ..errors import InvalidInput
from .entity_mapping import LOST, WON
from .export_files import CrmRow, ExportFile, RowFault
from .known_records import RecordRef
from .record_writer import ImportContext, PendingRecord, RecordWriter
from .row_converter import ConvertedRow
from .text import currency_key


class LeadWriter(RecordWriter):
    """Opportunities in their stage; lost ones archived as Odoo does it."""

    def __init__(self, context: ImportContext, file: ExportFile) -> None:
        """:raises InvalidInput: the mapping names a stage that Odoo does not have"""
        super().__init__(context, file)
        if "@stage" in self.entity.columns and "@stage" not in self.entity.values:
            raise InvalidInput(f"mapping: entities.{self.entity.name}.values.@stage is missing")
        context.stages.check(self.entity)

    def build(self, row: CrmRow) -> PendingRecord:
        """The opportunity of a row."""
        converted = self.converter.convert(row)
        values = converted.values
        if not values.get("name"):
            raise RowFault("no name")
        self._check_currency(row)
        contact = row.text("@contact_id")
        account = self.account(row)
        partner = self.referred("contacts", contact) if contact else account
        if partner:
            values["partner_id/.id"] = partner.id
        values["company_id/.id"] = self.context.target.company_id
        values["user_id/.id"] = self.user_id(row, converted)
        self._stage(row, converted)
        self.converter.add_unmapped(row, converted)
        ref = RecordRef("crm.lead", 0, partner.partner_id if partner else 0, bool(partner))
        return PendingRecord(row, "crm.lead", values, ref)

    def _stage(self, row: CrmRow, converted: ConvertedRow) -> None:
        """Stage, won or lost, and the probability somebody gave an open one."""
        values, stage = converted.values, converted.special.get("@stage", "")
        text = row.text("@probability")
        probability = self.converter.number(row, "@probability", text) if text else None
        if probability is not None and probability > 100:
            raise RowFault(f"bad {row.heading('@probability')}", f"above 100: {text!r}")
        closed = values.get("date_deadline")
        if stage == LOST:
            values.update({"active": "0", "probability": "0"})
        elif stage:
            values["stage_id/.id"] = self.context.stages.id_of(stage)
            if self.context.stages.is_won(stage):
                values["probability"] = 100.0
            elif probability is not None:
                values["probability"] = probability
        if closed and (stage == LOST or stage == WON):
            values["date_closed"] = f"{closed.isoformat()} 12:00:00"

    def _check_currency(self, row: CrmRow) -> None:
        """Odoo's opportunities are in the company's currency; others cannot be told apart."""
        text = row.text("@currency")
        if text and currency_key(text) not in self.context.own_currency:
            raise RowFault(
                "another currency",
                f"{text!r} is neither the company's nor in own_currency of the mapping",
            )
