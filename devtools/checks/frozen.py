"""Counts frozen in a file: what is there is known, and the file only ever tells the truth.

``./dev lint --freeze`` writes them anew; the difference belongs into the review of the change.
"""

import dataclasses
from pathlib import Path

FOLDER = Path(__file__).parent
UNKNOWN = "?"


@dataclasses.dataclass(frozen=True)
class Counts:
    """Lines of ``<what> <count>``, sorted, in a file beside the checks.

    With reasons, each line goes on with ``| <reason>``: why it may be there at all.
    """

    file: str
    noun: str
    has_reasons: bool = False

    def read(self):
        """Return {what: count}."""
        return {what: count for what, count, _reason in self._read_rows()}

    def write(self, places):
        """Write the counts as they are; the comment at the head of the file and reasons stay."""
        head = [line for line in self._read_lines() if line.startswith("#")]
        reasons = {what: reason for what, _count, reason in self._read_rows()}
        rows = []
        for what, found in sorted(places.items()):
            reason = f" | {reasons.get(what) or UNKNOWN}" if self.has_reasons else ""
            if found:
                rows.append(f"{what} {len(found)}{reason}")
        text = "".join(f"{line}\n" for line in head + rows)
        (FOLDER / self.file).write_text(text, encoding="utf-8")

    def complaints(self, places):
        """Return one complaint for each count that differs, and for each reason that is missing.

        :param places: {what: the `path:line` of each}
        """
        known = self.read()
        found = []
        for what in sorted({*known, *places}):
            here, wanted = places.get(what, []), known.get(what, 0)
            if len(here) != wanted:
                where = here[-1] if here else f"devtools/checks/{self.file}:1"
                found.append(
                    f"{where}: {what}: {self.noun} {len(here)} times, noted are {wanted} "
                    "(./dev lint --freeze, once that is right)"
                )
        return found + self._complain_of_reasons()

    def _complain_of_reasons(self):
        where = f"devtools/checks/{self.file}"
        return [
            f"{where}:1: {what}: say why in {where}"
            for what, _count, reason in self._read_rows()
            if self.has_reasons and reason in ("", UNKNOWN)
        ]

    def _read_rows(self):
        """Return (what, count, reason) of each line; without a reason, that is empty."""
        rows = []
        for line in self._read_lines():
            if line and not line.startswith("#"):
                counted, _separator, reason = line.partition("|")
                what, count = counted.rsplit(maxsplit=1)
                rows.append((what, int(count), reason.strip()))
        return rows

    def _read_lines(self):
        path = FOLDER / self.file
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
