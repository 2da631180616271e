"""Counts frozen in a file: what is there is known, and the file only ever tells the truth.

``./dev lint --freeze`` writes them anew; the difference belongs into the review of the change.
"""

import dataclasses
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclasses.dataclass(frozen=True)
class Counts:
    """Lines of ``<what> <count>``, sorted, in a file beside the checks."""

    file: str
    noun: str

    def read(self):
        """Return {what: count}."""
        path = FOLDER / self.file
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        pairs = [line.rsplit(" ", 1) for line in lines if line and not line.startswith("#")]
        return {what: int(count) for what, count in pairs}

    def write(self, places):
        """Write the counts as they are; the comment at the head of the file stays."""
        path = FOLDER / self.file
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        head = [line for line in lines if line.startswith("#")]
        rows = [f"{what} {len(found)}" for what, found in sorted(places.items()) if found]
        path.write_text("".join(f"{line}\n" for line in head + rows), encoding="utf-8")

    def complaints(self, places):
        """Return one complaint for each count that differs.

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
        return found
