"""``python -m client import-crm``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from ..errors import InvalidInput
from ..loading.rejects import RejectFile
from ..rpc.connection import Connection
from ..tables import preview
from .crm_importer import CrmImporter, ImportOptions
from .export_files import ExportFolder
from .import_report import ImportReport
from .mapping import DEFAULT, ImportMapping

NAME = "import-crm"
HELP = "import the CSV exports of a stand-alone CRM (SugarCRM, SuiteCRM, SarvCRM)"
REJECT_COLUMNS = ("File", "ID", "Content")


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command besides those of the connection."""
    add = parser.add_argument
    add("folder", nargs="?", help="folder with Accounts.csv, Contacts.csv, Calls.csv, …")
    add("--mapping", metavar="FILE.json", help="what differs from the default mapping")
    add("--write-mapping", metavar="FILE.json", help="write the default mapping and stop")
    add("--dry-run", action="store_true", help="do everything but write")
    add("--rejects", metavar="FILE", help="default: <folder>.rejects.csv, here")
    add("--report", metavar="FILE.json", help="also write the report as JSON")
    add("--company", type=int, metavar="ID", help="default: the user's company")
    add("--yes", action="store_true", help="do not ask whether the files are understood")
    add("--batch", type=int, default=100, metavar="N", help="records per request (100)")


def run(arguments: argparse.Namespace, connect: Callable[[], Connection]) -> int:
    """Import a folder; 0 = every row is in Odoo or among the rejects, 1 = not finished.

    :param connect: opens the connection, once the files have turned out to be usable
    :raises ClientError: nothing was imported
    """
    if arguments.write_mapping:
        write_file(arguments.write_mapping, DEFAULT.read_text(encoding="utf-8"))
        print(f"default mapping: {arguments.write_mapping}")
        return 0
    if not arguments.folder:
        raise InvalidInput("which folder? python -m client import-crm FOLDER")
    if arguments.batch < 1:
        raise InvalidInput("--batch: at least 1")
    mapping = ImportMapping.from_file(arguments.mapping)
    folder = ExportFolder(arguments.folder, mapping)
    options = ImportOptions(arguments.dry_run, arguments.company, arguments.batch)
    preview.show(folder.guesses())
    if not options.dry_run:
        preview.confirm("Import these files?", yes=arguments.yes)
    with connect() as odoo:
        importer = CrmImporter(odoo, folder, mapping, options)
        report = importer.run()
    print_report(report)
    path = arguments.rejects or f"{folder.path.resolve().name}.rejects.csv"
    if RejectFile(path, REJECT_COLUMNS).write(importer.rejected):
        print(f"rejected rows and reasons: {path}")
    if arguments.report:
        text = json.dumps(report.as_dict(), ensure_ascii=False, indent=2)
        write_file(arguments.report, text + "\n")
        print(f"report: {arguments.report}")
    return 1 if report.interrupted or not report.adds_up else 0


def print_report(report: ImportReport) -> None:
    """Show the report on the screen."""
    for line in report.lines():
        print(line)


def write_file(path: str, text: str) -> None:
    """:raises InvalidInput: the file cannot be written"""
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"cannot write {path}: {error}") from None
