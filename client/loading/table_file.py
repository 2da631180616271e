"""Rows of a delimited text file, plain or gzipped, in whatever encoding it came."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import InvalidInput

DELIMITERS = ",;\t|"
FALLBACK = "cp1252"  # Windows Latin-1; its five unused bytes are replaced
CHUNK = 1 << 20
SHORT = 64  # longer cells hardly repeat
# Bodies of e-mails are longer than the 128 KB csv allows a cell by default.
csv.field_size_limit(16 * CHUNK)


class TableFile:
    """A CSV file with a header row.

    >>> list(TableFile("sales.csv").rows())  # doctest: +SKIP
    [(2, ("536365", "85123A")), (3, ("536366", "22633"))]
    """

    def __init__(
        self, path: str | Path, encoding: str | None = None, delimiter: str | None = None
    ) -> None:
        """Open the file and read its header.

        :param encoding: UTF-8 or UTF-16, else Windows Latin-1, when None
        :param delimiter: the most frequent one of the header when None
        :raises InvalidInput: missing, unreadable or empty
        """
        self.path = Path(path)
        try:
            self.encoding = encoding or self._guess_encoding()
            with self._text() as stream:
                first = stream.readline()
        except (OSError, EOFError, LookupError, UnicodeError) as error:
            raise InvalidInput(f"cannot read {self.path}: {error}") from None
        if not first.strip():
            raise InvalidInput(f"{self.path} is empty")
        self.delimiter = delimiter or max(DELIMITERS, key=first.count)
        self.header = tuple(
            name.strip() for name in next(csv.reader([first], delimiter=self.delimiter))
        )

    def rows(self, *, by_line: bool = False) -> Iterator[tuple[int, tuple[str, ...] | None]]:
        """(first line, cells) of every row that is not blank; None if unreadable.

        Equal short cells share one string, so that a long file fits into memory.

        :param by_line: no row goes over several lines, whatever quotes there are
        :raises InvalidInput: the file ends or breaks off where it must not
        """
        shared: dict[str, str] = {}
        with self._text() as stream:
            reader = self._read(stream, by_line)
            next(reader, None)
            number = 1
            while True:
                number = number + 1 if by_line else reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error:
                    yield number, None
                    continue
                except (EOFError, OSError, UnicodeError) as error:
                    raise InvalidInput(f"{self.path} is damaged: {error}") from None
                if any(cell.strip() for cell in cells):
                    row = tuple(
                        shared.setdefault(cell, cell) if len(cell) <= SHORT else cell
                        for cell in cells
                    )
                    yield number, row

    def _read(self, stream: io.TextIOWrapper, by_line: bool) -> Any:
        if not by_line:
            return csv.reader(stream, delimiter=self.delimiter)
        return (next(csv.reader([line], delimiter=self.delimiter), []) for line in stream)

    def _open(self) -> BinaryIO:
        with self.path.open("rb") as probe:
            zipped = probe.read(2) == b"\x1f\x8b"
        return gzip.open(self.path) if zipped else self.path.open("rb")  # type: ignore

    def _text(self) -> io.TextIOWrapper:
        errors = "replace" if self.encoding == FALLBACK else "strict"
        return io.TextIOWrapper(self._open(), encoding=self.encoding, errors=errors, newline="")

    def _guess_encoding(self) -> str:
        """UTF-8 (or UTF-16 with its mark) if every byte fits, else Latin-1."""
        with self._open() as stream:
            chunk = stream.read(CHUNK)
            if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                return "utf-16"
            decoder = codecs.getincrementaldecoder("utf-8")()
            try:
                while chunk:
                    decoder.decode(chunk)
                    chunk = stream.read(CHUNK)
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                return FALLBACK
        return "utf-8-sig"
