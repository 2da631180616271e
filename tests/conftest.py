"""What pytest needs to know beside Odoo's own test machinery."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def install_log():
    """Text of the log of installing the addon for this run (written by ./dev test)."""
    path = os.environ.get("CUSTOMER_VALUE_INSTALL_LOG")
    if not path:
        pytest.skip("the install log exists only under ./dev test")
    return Path(path).read_text(encoding="utf-8", errors="replace")
