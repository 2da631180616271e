"""Every term of the addon is in the template, and the Persian translation is complete."""

import io

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import trans_export

from ...devtools import paths, po_files

MODULE = "customer_value"
I18N = paths.ROOT / "i18n"
MEND = "run ./dev i18n"


@tagged("post_install", "-at_install")
class TestI18n(TransactionCase):
    def test_template_has_exactly_the_terms_of_the_module(self):
        """A text that was changed or added without ./dev i18n shows up here."""
        buffer = io.BytesIO()
        trans_export(None, [MODULE], buffer, "po", self.env)
        now = {entry.msgid for entry in polib.pofile(buffer.getvalue().decode())}
        written = {entry.msgid for entry in po_files.read(I18N / f"{MODULE}.pot")}
        self.assertEqual(sorted(now - written), [], f"not in the template: {MEND}")
        self.assertEqual(sorted(written - now), [], f"no longer in the module: {MEND}")

    def test_persian_is_complete(self):
        """Nothing is empty, fuzzy, missing or has other placeholders than its source."""
        template = po_files.read(I18N / f"{MODULE}.pot")
        problems = po_files.problems(po_files.read(I18N / "fa.po"), template)
        self.assertEqual(problems, [], MEND)
