"""A file of sales, read, grouped, chosen and moved in time: all that needs no Odoo."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..loading.rejected_line import RejectedLine
from ..loading.table_file import TableFile
from .column_map import ColumnMap
from .document import Document
from .grouping import group_lines
from .line_reader import LineReader
from .options import LoadOptions
from .sale_line import SaleLine
from .selection import select, shift_to, yesterday


class SalesFile:
    """What of a file is to be loaded.

    ``lines_read`` = lines of ``documents`` + ``rejected`` + ``out_of_range``.
    """

    def __init__(self, path: str | Path, column_map: ColumnMap, options: LoadOptions) -> None:
        """:raises InvalidInput: the file or its columns cannot be used"""
        table = TableFile(path, column_map.encoding, column_map.delimiter)
        reader = LineReader(table, column_map)
        self.header = table.header
        self.column_map = column_map
        self.deliveries = (
            "delivery_date" in reader.positions
            if options.deliveries is None
            else options.deliveries
        )
        self.has_delivery_dates = "delivery_date" in reader.positions
        lines: list[SaleLine] = []
        rejected: list[RejectedLine] = []
        for line in reader.lines():
            (lines if isinstance(line, SaleLine) else rejected).append(line)  # type: ignore
        self.lines_read = len(lines) + len(rejected)
        documents, misfits = group_lines(lines, column_map, options.prefix)
        chosen = select(documents, rejected + misfits, options.first, options.last, options.limit)
        self.rejected = chosen.rejected
        self.out_of_range = chosen.out_of_range
        self.shifted_days = 0
        self.documents = [self._completed(d, options) for d in chosen.documents]
        if options.shift_to_today:
            self.documents, self.shifted_days = shift_to(self.documents, yesterday())

    def _completed(self, document: Document, options: LoadOptions) -> Document:
        """The document with the wished currency, and delivered at once if no column tells."""
        at_once = self.deliveries and not self.has_delivery_dates
        return replace(
            document,
            currency=options.currency or document.currency,
            delivery_date=document.moment if at_once else document.delivery_date,
        )
