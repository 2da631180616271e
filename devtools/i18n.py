"""`./dev i18n`: export the addon's terms and bring the Persian translation up to date."""

import os
import subprocess

from . import odoo, paths, postgres, test_run
from .steps import Fail, Reporter, must

FOLDER = paths.ROOT / "i18n"
POT = FOLDER / f"{paths.ADDON}.pot"
PERSIAN = FOLDER / "fa.po"

# Runs inside the virtual environment, where polib is.
MERGE = "import sys; from devtools import po_files; po_files.update(*sys.argv[1:])"


def run(_options):
    """Export on a scratch database, then merge; say how many terms are untranslated."""
    reporter = Reporter(7)
    test_run.prepare(reporter)
    with (
        postgres.running("test") as server,
        test_run.installed_clone(server, reporter, "i18n") as (name, log, code),
    ):
        if code:
            raise Fail(f"The addon could not be installed: see {log}")
        reporter.run("Terms", lambda _step: _export(server, name))
    return 0


def _export(server, database):
    FOLDER.mkdir(exist_ok=True)
    draft = paths.CACHE / f"{paths.ADDON}.pot"
    conf = odoo.configuration(server)
    command = odoo.command(
        "i18n export", conf, "-d", database, "-l", "pot", "-o", draft, paths.ADDON
    )
    must(command, "i18n", "The terms could not be exported", env=odoo.environment(server))
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    merge = [str(paths.PYTHON), "-c", MERGE, str(draft), str(POT), str(PERSIAN)]
    subprocess.run(merge, cwd=paths.ROOT, env=environment, check=True)
