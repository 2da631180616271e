import io
import shutil
import unittest

import pypdf

from odoo.tests import HttpCase

from ..common import CustomerValueCommon

try:
    import pypdfium2
except ImportError:  # without the requirements of tests
    pypdfium2 = None

HAS_PRINTER = bool(shutil.which("wkhtmltopdf") and pypdfium2)


class PrintCommon(HttpCase, CustomerValueCommon):
    """Prints through the program users print with, and reads what came out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not HAS_PRINTER:
            raise unittest.SkipTest("needs wkhtmltopdf and pypdfium2, which ./dev test fetches")
        for code in ("en_US", "fa_IR"):
            cls.env["res.lang"]._activate_lang(code)
        cls.env["ir.config_parameter"].set_param("report.print_delay", "200")

    def _print(self, name, records):
        """Return the PDF of a report as the user of the records gets it."""
        reports = self.env(user=records.env.user, context=records.env.context)["ir.actions.report"]
        content, kind = reports.with_context(force_report_rendering=True)._render_qweb_pdf(
            f"customer_value.{name}", records.ids
        )
        self.assertEqual(kind, "pdf")
        return content

    def _read(self, pdf):
        """Return the texts of the pages, as somebody copies them out of the PDF."""
        pages = pypdfium2.PdfDocument(pdf)
        texts = [page.get_textpage().get_text_range() for page in pages]
        return [" ".join(text.split()) for text in texts]

    def _draw(self, pdf, page=0, scale=1.0):
        """Return one page as an image in shades of grey."""
        return pypdfium2.PdfDocument(pdf)[page].render(scale=scale).to_pil().convert("L")

    def _fonts(self, pdf):
        """Return the names of the fonts inside a PDF."""
        names = set()
        for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
            for font in page["/Resources"]["/Font"].values():
                names.add(str(font.get_object()["/BaseFont"]))
        return names
