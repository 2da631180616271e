"""The demo speaks English to begin with, and Persian is installed.

A real database made by the demo's own step, of one app instead of all: languages are the same.
Plain pytest (no Odoo in this process).
"""

import os
import types
import urllib.request

import pytest

from ...devtools import databases, demo, postgres
from ..tools import real_server

NAME = "cv_languages_of_the_demo"
LOOK = """
user = env.ref("base.user_admin")
new = env["res.users"].create({"name": "New", "login": "new@example.com"})
print("LOOK", sorted(code for code, name in env["res.lang"].get_installed()))
print("LOOK", user.lang, new.lang, env.company.partner_id.lang)
user.lang = "fa_IR"
env.cr.commit()
print("LOOK", env["ir.module.module"].with_user(user).with_context(
    user.context_get())._fields["name"].get_description(env(user=user, context={"lang": "fa_IR"}))
    ["string"] != "Technical Name")
"""


@pytest.mark.skipif("CUSTOMER_VALUE_ODOO" not in os.environ, reason="runs under ./dev test")
def test_english_first_and_persian_installed(monkeypatch, tmp_path):
    monkeypatch.setattr(databases, "manifest", lambda: {"depends": ["web"]})
    with postgres.running("test") as server:
        try:
            assert demo.ensure_apps(server, NAME, types.SimpleNamespace(detail=""))
            said = real_server.shell(server, NAME, LOOK)
            looked = [line for line in said.splitlines() if line.startswith("LOOK")]
            assert looked == [
                "LOOK ['en_US', 'fa_IR']",
                "LOOK en_US en_US en_US",
                "LOOK True",
            ]
            with real_server.serving(server, NAME, tmp_path / "server.log") as url:
                page = urllib.request.urlopen(f"{url}/web/login").read().decode()  # noqa: S310
                assert "Log in" in page
        finally:
            demo.start_over(server, NAME)
            databases.drop(server, f"{NAME}_draft")
    assert "Persian / فارسی" in demo.WELCOME
