"""The folder with the CSV files of an export."""

from __future__ import annotations

from pathlib import Path

from ..errors import InvalidInput
from .export_files import ExportFile
from .mapping import ENTITIES, Mapping
from .text import key_text

ENDINGS = (".csv", ".csv.gz", ".tsv", ".txt")


class ExportFolder:
    """Finds the file of each entity by its name, whatever its case and number."""

    def __init__(self, path: str | Path, mapping: Mapping) -> None:
        """:raises InvalidInput: no such folder, nothing to import in it, or a file is not usable"""
        self.path = Path(path)
        if not self.path.is_dir():
            raise InvalidInput(f"{self.path} is not a folder")
        self.unknown: list[str] = []
        self.files = [
            ExportFile(file, mapping.entities[name], mapping)
            for name, file in self._sorted(mapping).items()
        ]
        if not self.files:
            wanted = ", ".join(f"{e.files[0]}.csv" for e in mapping.entities.values() if e.files)
            raise InvalidInput(f"{self.path} has none of {wanted}")
        day_first, month_first = (
            sum(file.dates.evidence[way] for file in self.files) for way in (0, 1)
        )
        for file in self.files:
            file.dates.follow(day_first, month_first)

    def _sorted(self, mapping: Mapping) -> dict[str, Path]:
        """The file of each entity, in the order of import; other tables become ``unknown``."""
        names = {
            key_text(name): entity.name
            for entity in mapping.entities.values()
            for name in entity.files
        }
        found: dict[str, Path] = {}
        for file in sorted(self.path.iterdir()):
            ending = next((e for e in ENDINGS if file.name.lower().endswith(e)), None)
            if not ending or not file.is_file():
                continue
            entity = names.get(key_text(file.name[: -len(ending)]))
            if entity in found:
                several = f"{found[entity].name}, {file.name}"
                raise InvalidInput(f"{self.path} has several files of {entity}: {several}")
            if entity:
                found[entity] = file
            elif "reject" not in file.name.lower():
                self.unknown.append(file.name)
        return {name: found[name] for name in ENTITIES if name in found}
