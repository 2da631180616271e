"""Importing a folder of CSV exports into one company."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..batched import batched
from ..errors import ClientError
from ..loading.bisecting import bisect
from ..loading.progress import Progress
from ..loading.rejects import RejectedLine
from ..rpc.connection import Connection
from .export_files import CrmRow, ExportFile, ExportFolder, RowFault
from .import_report import EntityReport, ImportReport
from .interaction_writer import ACTIVITY, InteractionWriter
from .lead_writer import LeadWriter
from .mapping import ImportMapping
from .partner_writer import PartnerWriter
from .record_writer import ImportContext, PendingRecord, RecordWriter

CHUNK = 500  # rows looked up together
WRITERS: dict[str, type[RecordWriter]] = {
    "res.partner": PartnerWriter,
    "crm.lead": LeadWriter,
    "customer.interaction": InteractionWriter,
}


@dataclass(frozen=True)
class ImportOptions:
    """Wishes of one run; see ``python -m client import-crm --help``.

    :param company_id: the user's own company when None
    :param batch: most records per writing request
    """

    dry_run: bool = False
    company_id: int | None = None
    batch: int = 100


class CrmImporter:
    """Brings every row into Odoo or among ``rejected``, in an order in which references resolve.

    Running again adds only what is missing; what is there is never changed.
    """

    def __init__(
        self,
        connection: Connection,
        folder: ExportFolder,
        mapping: ImportMapping,
        options: ImportOptions,
        progress: Callable[[int, str], Progress] = Progress,
    ) -> None:
        """:raises ClientError: no such company, or Odoo does not have what the mapping names"""
        self.options = options
        self.folder = folder
        self.report = ImportReport(dry_run=options.dry_run, files_not_read=folder.unknown)
        self.context = ImportContext(connection, mapping, options.company_id, self.report)
        self.rejected: list[RejectedLine] = []
        self._progress = progress
        self._steps = [(file, self._writer(file)) for file in folder.files]

    def run(self) -> ImportReport:
        """Import everything that is not there yet; never raises for what the server refuses.

        A lost connection or missing rights end the run; the report says so, and running
        again goes on from there.
        """
        start = time.monotonic()
        self.report.entities = [
            EntityReport(file.entity.name, file.path.name, file.count, to_text=file.unmapped)
            for file in self.folder.files
        ]
        try:
            for (file, writer), report in zip(self._steps, self.report.entities, strict=True):
                self._import(file, writer, report)
        except (ClientError, KeyboardInterrupt) as error:
            self.report.interrupted = str(error) or "interrupted"
            for report in self.report.entities:
                report.not_reached = report.read - report.settled
        self.report.unknown_users = self.context.users.unknown
        self.report.seconds = time.monotonic() - start
        return self.report

    def _writer(self, file: ExportFile) -> RecordWriter:
        self.report.warnings += [f"{file.path.name}: {doubt}" for doubt in file.doubts]
        return WRITERS[file.entity.model](self.context, file)

    def _import(self, file: ExportFile, writer: RecordWriter, report: EntityReport) -> None:
        bar = self._progress(file.count, file.entity.name)
        for part in batched(file.rows(), CHUNK):
            rows = [row for row in part if isinstance(row, CrmRow)]
            for reject in part:
                if isinstance(reject, RejectedLine):
                    self._reject(reject, report)
            self._import_rows(rows, file, writer, report, bar)
            bar.advance(len(part) - len(rows))
        bar.close()

    def _import_rows(
        self,
        rows: Sequence[CrmRow],
        file: ExportFile,
        writer: RecordWriter,
        report: EntityReport,
        bar: Progress,
    ) -> None:
        """Look up what is there, convert the others, write them."""
        there = writer.existing(rows)
        missing = [row for row in rows if row.id not in there]
        self._note_existing(there, rows, file, writer, report)
        writer.prepare(missing)
        records: list[PendingRecord] = []
        for row in missing:
            try:
                records.append(writer.build(row))
            except RowFault as fault:
                self._reject(self._rejected(file, row, fault), report)
        bar.advance(len(rows) - len(records))
        for part in batched(records, self.options.batch):
            if self.options.dry_run:
                self._done(part, writer, report)
            else:
                self._write(part, file, writer, report)
            bar.advance(len(part))

    def _note_existing(
        self,
        there: dict,
        rows: Sequence[CrmRow],
        file: ExportFile,
        writer: RecordWriter,
        report: EntityReport,
    ) -> None:
        for row in rows:
            ref = there.get(row.id)
            if ref is None:
                continue
            if ref.is_hidden:
                fault = RowFault("in Odoo, but hidden from this user", "of another company?")
                self._reject(self._rejected(file, row, fault), report)
                continue
            report.already += 1
            if ref.model == file.entity.model:
                writer.known.put(file.entity.name, row.id, ref)

    def _write(
        self,
        part: Sequence[PendingRecord],
        file: ExportFile,
        writer: RecordWriter,
        report: EntityReport,
    ) -> None:
        """Write a batch; broken lines are tried again, refusals bisected."""
        policy = replace(self.context.target.connection.retry, attempts=3)

        def write(some: Sequence[PendingRecord]) -> None:
            policy.run(lambda: writer.write(some), idempotent=True)
            self._done(some, writer, report)

        def refused(record: PendingRecord, error: ClientError) -> None:
            fault = RowFault("refused by Odoo", str(error))
            self._reject(self._rejected(file, record.row, fault), report)

        bisect(part, write, refused)

    def _done(
        self, records: Sequence[PendingRecord], writer: RecordWriter, report: EntityReport
    ) -> None:
        matched = sum(record.matched for record in records)
        report.matched += matched
        report.created += len(records) - matched
        report.activities += sum(record.model == ACTIVITY for record in records)
        writer.remember(record for record in records if record.model != ACTIVITY)

    @staticmethod
    def _rejected(file: ExportFile, row: CrmRow, fault: RowFault) -> RejectedLine:
        return file.reject(row.number, row.cells, row.id, fault.reason, fault.detail)

    def _reject(self, line: RejectedLine, report: EntityReport) -> None:
        self.rejected.append(line)
        report.rejected += 1
        report.reasons[line.reason] += 1
