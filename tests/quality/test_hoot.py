import logging
import re
from pathlib import Path

from odoo.modules import get_module_path
from odoo.tests import HttpCase, no_retry, tagged

SUITE = "@customer_value"
ADDRESS = "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
SUCCESS = "[HOOT] Test suite succeeded"
TIMEOUT = 180  # seconds
FOLDER = Path(get_module_path("customer_value"), "static", "tests")
BUNDLES = ("web.assets_unit_tests", "web.assets_tests")


def get_suite_id(name):
    """Return the id by which an address names a suite of HOOT: a hash of its name."""
    number = 0
    for character in name:
        number = ((number << 5) - number + ord(character)) & 0xFFFFFFFF
    return f"{number:08x}"


@tagged("post_install", "-at_install")
class TestHoot(HttpCase):
    """The unit tests of our components, static/tests/**/*.test.js, in the browser."""

    @no_retry
    def test_components(self):
        files = {
            f"{SUITE}/{path.relative_to(FOLDER).as_posix().removesuffix('.test.js')}"
            for path in FOLDER.rglob("*.test.js")
        }
        self.assertTrue(files)
        said = self._run_suite(SUITE)
        passed = set(re.findall(r'"(@[\w/]+)" ended \(passed: \d+ / time', said))
        # HOOT calls it a success to find nothing to run, and runs all there is without our suite.
        self.assertFalse(files - passed, f"nothing ran, or something was skipped:\n{said}")
        self.assertEqual({name.split("/")[0] for name in passed}, {SUITE})

    def test_bundles(self):
        """Tours are for the tests that start them, the others for HOOT."""
        unit, tours = (
            {
                Path(asset["filename"]).relative_to(FOLDER)
                for asset in self.env["ir.qweb"]._get_asset_content(bundle)[0]
                if FOLDER in Path(asset["filename"]).parents
            }
            for bundle in BUNDLES
        )
        scripts = {path.relative_to(FOLDER) for path in FOLDER.rglob("*.js")}
        self.assertEqual(tours, {path for path in scripts if path.parts[0] == "tours"})
        self.assertEqual(unit, scripts - tours)

    def _run_suite(self, name):
        """Run one suite; return what the browser said, or fail with its errors."""
        address = f"{ADDRESS}&id={get_suite_id(name)}"
        with self.assertLogs(self._logger, logging.INFO) as logs:
            try:
                self.browser_js(
                    address,
                    code="",
                    login="admin",
                    timeout=TIMEOUT,
                    success_signal=SUCCESS,
                    # One test that fails does not keep the others from running.
                    error_checker=lambda message: "[HOOT]" not in message,
                )
            except self.failureException as problem:
                errors = [r.getMessage() for r in logs.records if r.levelno >= logging.ERROR]
                self.fail("\n\n".join([*errors, str(problem)]))
        return "\n".join(record.getMessage() for record in logs.records)
