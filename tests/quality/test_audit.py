import os
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from ..tools import audit

FOLDER = Path(__file__).parent / "audit"
HEAD = "# Written by ./dev audit --accept; a changed line is a decision for a review.\n"


@tagged("post_install", "-at_install")
class TestAudit(TransactionCase):
    """Who may do what is what somebody decided: tests/quality/audit/ says it line by line."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        companies = cls.env["res.company"]
        own = companies.create({"name": "Audited"})
        branch = companies.create({"name": "Audited North", "parent_id": own.id})
        other = companies.create({"name": "Somebody else"})
        cls.companies = {"own": own.id, "branch": branch.id, "other": other.id, "none": False}

    def _compare(self, name, lines):
        """Compare with what was decided, or write that down when ``./dev audit`` says so."""
        path = FOLDER / f"{name}.txt"
        if os.environ.get("CUSTOMER_VALUE_AUDIT") == "accept":
            path.write_text(HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")
        known = path.read_text(encoding="utf-8").splitlines()[1:] if path.exists() else []
        new, gone = sorted({*lines} - {*known}), sorted({*known} - {*lines})
        told = [f"+ {line}" for line in new] + [f"- {line}" for line in gone]
        self.assertFalse(told, "Not decided yet (./dev audit --accept):\n" + "\n".join(told))

    def test_roles(self):
        lines = audit.tell_access(self.env, self.companies)
        models = len(audit.get_models(self.env))
        cells = models * len(audit.ROLES) * len(audit.OPERATIONS) * len(audit.PLACES)
        self.assertGreater(cells, 10_000)  # B06 asks for 400
        self.assertGreater(len(lines), 300)
        self._compare("roles", lines)

    def test_rules(self):
        self._compare("rules", audit.tell_rules(self.env))

    def test_fields(self):
        self._compare("fields", audit.tell_fields(self.env))

    def test_what_is_open(self):
        self._compare("open", audit.tell_open(self.env))

    def test_no_role_reaches_another_company(self):
        """Whatever was decided: nobody of one company has a record of another, ours to see."""
        for line in audit.tell_access(self.env, self.companies):
            cells = line.split(" | ")[2].split()
            if len(cells) > 1:
                self.assertEqual(cells[1:3], ["-", "-"], line)
