"""Sheets of Excel as rows of text; openpyxl and xlrd read them, where they are installed."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

try:
    import openpyxl
except ImportError:  # said when a file needs it
    openpyxl = None
try:
    import xlrd
except ImportError:
    xlrd = None

from ..errors import InvalidInput

XLSX, XLS = "Excel workbook", "old Excel workbook"
ZIP_START, OLE_START = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
WEB_PAGE = (b"<html", b"<table", b"<!doctype html")
DIGITS = 15  # Excel keeps no more of a number
Rows = list[tuple[int, tuple[str, ...]]]


@dataclass
class Sheet:
    """The first sheet that holds something.

    :param rows: (row in Excel, cells as text)
    :param notes: what was decided, and what could not be read
    """

    rows: Rows
    notes: list[str] = field(default_factory=list)


def find_kind(path: Path) -> str:
    """XLSX or XLS by the first bytes, empty for any other file.

    :raises OSError: the file cannot be read
    :raises InvalidInput: a workbook of a kind that cannot be read, or a web page under its name
    """
    with path.open("rb") as stream:
        start = stream.read(512)
    if start.startswith(ZIP_START):
        return _find_zipped(path)
    if start.startswith(OLE_START):
        return XLS
    if start.lstrip(b"\xef\xbb\xbf\r\n\t ").lower().startswith(WEB_PAGE):
        raise InvalidInput(
            f"{path} is a web page, whatever its name says: open it in a spreadsheet and save it "
            "as .xlsx or as CSV (UTF-8)"
        )
    return ""


def read_sheet(path: Path, kind: str) -> Sheet:
    """The first sheet of a workbook that is not empty.

    :raises InvalidInput: damaged, protected, empty, or the library for it is missing
    """
    reader = {XLSX: _read_xlsx, XLS: _read_xls}[kind]
    _check_library(path, openpyxl if kind == XLSX else xlrd, "openpyxl" if kind == XLSX else "xlrd")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of charts and rules that are of no interest here
            return reader(path)
    except InvalidInput:
        raise
    except Exception as error:  # whatever these libraries raise for a damaged file
        raise InvalidInput(f"cannot read {path} as a workbook: {error}") from None


def cell_text(value: Any) -> str:
    """A typed cell as the text a CSV file would have: ISO dates, numbers without ``.0``."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        value = (value + timedelta(milliseconds=500)).replace(microsecond=0)
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (int, float)):
        whole = float(value).is_integer() and abs(value) < 10**DIGITS
        return str(int(value)) if whole else f"{value:.{DIGITS}g}".replace("e", "E")
    return str(value)


def _find_zipped(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError) as error:
        raise InvalidInput(f"cannot read {path} as a workbook: {error}") from None
    if "xl/workbook.xml" in names:
        return XLSX
    kinds = {"content.xml": "an OpenDocument file", "xl/workbook.bin": "a binary workbook"}
    found = next((text for name, text in kinds.items() if name in names), "an archive, no table")
    raise InvalidInput(f"{path} is {found}: save it as .xlsx or as CSV (UTF-8)")


def _check_library(path: Path, library: ModuleType | None, name: str) -> None:
    if library is None:
        raise InvalidInput(
            f"{path} is a workbook of Excel, and the Python package {name} that reads it is not "
            f"installed: pip install {name}, or save the sheet as CSV (UTF-8)"
        )


def _read_xlsx(path: Path) -> Sheet:
    with path.open("rb") as stream:  # a stream, because it asks no name for its ending
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        sheets = sorted(book.worksheets, key=lambda sheet: sheet.sheet_state != "visible")
        return _first_filled(path, sheets, _xlsx_rows, lambda name: _empty_formulas(path, name))


def _xlsx_rows(sheet: Any) -> Iterator[tuple[int, tuple[str, ...]]]:
    sheet.reset_dimensions()  # some programs write wrong ones
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        yield number, tuple(cell_text(value) for value in row)


def _empty_formulas(path: Path, name: str) -> str:
    """Formulas whose result nobody has stored read as nothing: say so."""
    with zipfile.ZipFile(path) as archive:
        parts = [part for part in archive.namelist() if part.startswith("xl/worksheets/sheet")]
        if not any(b"<f" in archive.read(part) for part in parts):
            return ""
    with path.open("rb") as first, path.open("rb") as second:
        formulas = openpyxl.load_workbook(first, read_only=True)[name]
        results = openpyxl.load_workbook(second, read_only=True, data_only=True)[name]
        empty = [
            number
            for number, (row, values) in enumerate(
                zip(formulas.iter_rows(), results.iter_rows(), strict=False), 1
            )
            for cell, value in zip(row, values, strict=False)
            if cell.data_type == "f" and value.value is None
        ]
    if not empty:
        return ""
    return (
        f"{len(empty):,} formulas have no stored result and read as empty, the first one in row "
        f"{empty[0]}: open the file in Excel and save it"
    )


def _read_xls(path: Path) -> Sheet:
    book = xlrd.open_workbook(str(path), on_demand=True)
    sheets = sorted(book.sheets(), key=lambda sheet: sheet.visibility)
    return _first_filled(path, sheets, lambda sheet: _xls_rows(sheet, book.datemode))


def _xls_rows(sheet: Any, datemode: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    for number in range(sheet.nrows):
        cells = sheet.row(number)
        yield number + 1, tuple(cell_text(_xls_value(cell, datemode)) for cell in cells)


def _xls_value(cell: Any, datemode: int) -> Any:
    if cell.ctype == xlrd.XL_CELL_DATE:
        moment = xlrd.xldate_as_datetime(cell.value, datemode)
        return moment.time() if cell.value < 1 else moment
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#ERROR")
    return cell.value


def _first_filled(path: Path, sheets: list[Any], read: Any, check: Any = None) -> Sheet:
    """The rows of the first sheet with any text in it, visible ones first."""
    for sheet in sheets:
        rows = [row for row in read(sheet) if any(cell.strip() for cell in row[1])]
        if not rows:
            continue
        name = getattr(sheet, "title", None) or sheet.name
        others = [getattr(other, "title", None) or other.name for other in sheets]
        found = Sheet(rows)
        if len(others) > 1:
            others.remove(name)
            found.notes.append(f"sheet {name!r} is read; not read: {', '.join(others)}")
        note = check(name) if check else ""
        return Sheet(rows, [*found.notes, note] if note else found.notes)
    raise InvalidInput(f"{path} is empty")
