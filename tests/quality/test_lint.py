"""The lint checks as tests, so that one summary line tells everything (plain pytest, no Odoo).

They run under ``./dev test``; Odoo's own runner does not see them: ``tests/not_for_odoo.py``.
"""

import os
import re
from pathlib import Path

import pytest

from ...devtools import lint

# Lines of Odoo's log look like: 2026-11-23 08:07:53,313 7007 WARNING db odoo.modules: text
LOUD = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) ")


@pytest.mark.skipif("CUSTOMER_VALUE_ODOO" not in os.environ, reason="runs under ./dev test")
@pytest.mark.parametrize("check", sorted(lint.CHECKS))
def test_lint(check):
    """No check complains."""
    complaints = lint.complaints(check)
    assert not complaints, f"{len(complaints)} complaints:\n" + "\n".join(complaints)


@pytest.mark.skipif("CUSTOMER_VALUE_INSTALL_LOG" not in os.environ, reason="runs under ./dev test")
def test_install_is_silent():
    """Installing the addon logs no warning and no error, and nothing ends in a traceback."""
    log = Path(os.environ["CUSTOMER_VALUE_INSTALL_LOG"])
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    loud = [line for line in lines if LOUD.match(line) or line.startswith("Traceback")]
    assert not loud, "\n".join(loud + ["", "…"] + lines[-30:])
    done = any("Modules loaded." in line for line in lines)
    assert done, "\n".join(lines[-30:])
