"""The folder with the CSV files of an export."""

from __future__ import annotations

from pathlib import Path

from ..errors import InvalidInput
from .export_file import ExportFile
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
        found: dict[str, list[Path]] = {name: [] for name in ENTITIES}
        names = {
            key_text(name): entity.name
            for entity in mapping.entities.values()
            for name in entity.files
        }
        self.unknown: list[str] = []
        for file in sorted(self.path.iterdir()):
            ending = next((e for e in ENDINGS if file.name.lower().endswith(e)), None)
            if not ending or not file.is_file():
                continue
            entity = names.get(key_text(file.name[: -len(ending)]))
            if entity:
                found[entity].append(file)
            elif "reject" not in file.name.lower():
                self.unknown.append(file.name)
        self.files: list[ExportFile] = []
        for name, paths in found.items():
            if len(paths) > 1:
                raise InvalidInput(
                    f"{self.path} has several files of {name}: {', '.join(p.name for p in paths)}"
                )
            if paths:
                self.files.append(ExportFile(paths[0], mapping.entities[name], mapping))
        if not self.files:
            wanted = ", ".join(entity.files[0] + ".csv" for entity in mapping.entities.values())
            raise InvalidInput(f"{self.path} has none of {wanted}")
