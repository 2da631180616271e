"""The worked changes of CONTRIBUTING.md are true: they apply, and the metric gives its number.

Also that what the documentation names as `path::name` is there. Plain pytest; the metric is
installed on a scratch database of its own.
"""

import os
import re
import shutil
import subprocess

import pytest

from ...devtools import databases, odoo, odoo_tree, paths, postgres

BLOCK = re.compile(r"^### (.*?)\n.*?^```diff\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HUNK = re.compile(r"^@@ -(?:\d+)(?:,(\d+))? \+(?:\d+)(?:,(\d+))? @@.*\n", re.MULTILINE)
FILE = re.compile(r"^--- (\S+)\n\+\+\+ (\S+)\n", re.MULTILINE)
NAMED = re.compile(r"`([\w/.]+\.(?:py|js))::([\w.]+)`")
DOCUMENTS = [paths.ROOT / "CONTRIBUTING.md", *sorted(paths.ROOT.glob("docs/**/*.md"))]

# Install, post, and read what is to be read of it: only the last 365 days, never a credit note.
SALES = """
from datetime import timedelta
import json
from odoo.modules.registry import Registry
registry = Registry.new(env.cr.dbname, update_module=True, install_modules=["customer_value"])
env = odoo.api.Environment(registry.cursor(), odoo.SUPERUSER_ID, {})
company = env.company
env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
today = env["customer.profile"]._get_today(company)
buyer, other = env["res.partner"].create([{"name": "Buyer"}, {"name": "Other"}])
def post(partner, price, days_ago=1, move_type="out_invoice"):
    move = env["account.move"].create({
        "move_type": move_type,
        "partner_id": partner.id,
        "invoice_date": today - timedelta(days=days_ago),
        "invoice_line_ids": [(0, 0, {"name": "x", "price_unit": price, "tax_ids": False})],
    })
    move.action_post()
post(buyer, 300)
post(buyer, 700)
post(buyer, 900, move_type="out_refund")
post(buyer, 5000, days_ago=400)
post(other, 80, days_ago=400)
env["customer.refresh.queue"]._cron_refresh()
profiles = env["customer.profile"].search([("partner_id", "in", (buyer + other).ids)])
profile = profiles.filtered(lambda p: p.partner_id == buyer)
action = profile.with_context(metric="largest_invoice_365").action_open_documents()
print("RESULT=" + json.dumps({
    "queued": env["customer.refresh.queue"].search_count([]),
    "largest": {p.partner_id.name: p.largest_invoice_365 for p in profiles},
    "shown": [
        item["value"]
        for section in profile.get_card()["sections"]
        for item in section["items"]
        if item["name"] == "largest_invoice_365"
    ],
    "documents": env["account.move"].search(action["domain"]).mapped("amount_untaxed"),
}))
"""
EXPECTED = (
    '{"queued": 0, "largest": {"Buyer": 700.0, "Other": false}, "shown": [700.0], '
    '"documents": [700.0]}'
)


def read_changes():
    """Return title -> diff of the worked changes."""
    return dict(BLOCK.findall((paths.ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))


# === APPLYING A DIFF ===


def apply(diff, root):
    """Return {path: new text} of the files below a folder that a unified diff changes.

    As strict as git, and stricter where an old text is there twice; needs no git.
    """
    first, *parts = FILE.split(diff)
    assert parts and not first.strip(), "a diff begins with --- a/path and +++ b/path"
    changed = {}
    for old, new, hunks in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        path = new.removeprefix("b/")
        assert old in (f"a/{path}", "/dev/null"), f"{old} and {new} are two files"
        is_new = old == "/dev/null"
        assert (root / path).exists() != is_new, path
        text = "" if is_new else (root / path).read_text(encoding="utf-8")
        changed[path] = _apply_hunks(text, hunks, path)
    return changed


def _apply_hunks(text, hunks, path):
    first, *parts = HUNK.split(hunks)
    assert parts and not first, f"{path}: no hunk where one should begin: {first[:80]!r}"
    start = 0
    for old_count, new_count, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        # A line with nothing on it is an unchanged empty line whose space an editor has eaten.
        lines = [line if line.strip("\n") else " \n" for line in body.splitlines(keepends=True)]
        old = [line[1:] for line in lines if line[0] in " -"]
        new = [line[1:] for line in lines if line[0] in " +"]
        assert {line[0] for line in lines} <= set(" +-"), f"{path}: {body}"
        counts = [int(count or 1) for count in (old_count, new_count)]
        assert [len(old), len(new)] == counts, f"{path}: the counts of a hunk are wrong:\n{body}"
        if not old:
            return "".join(new)
        found = text.count("".join(old), start)
        assert found == 1, f"{path} has this {found} times after the hunk before:\n{body}"
        place = text.index("".join(old), start)
        text = text[:place] + "".join(new) + text[place + len("".join(old)) :]
        start = place + len("".join(new))
    return text


def test_there_are_four_changes():
    """One for each thing that is added most often, each short enough to be read at once."""
    text = (paths.ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    changes = read_changes()
    assert len(changes) == text.count("\n```diff\n") == 4
    assert {title: diff for title, diff in changes.items() if diff.count("\n") > 60} == {}


@pytest.mark.parametrize("title", read_changes())
def test_change_applies(title):
    """Each change applies on its own, and what comes out is Python where it should be."""
    changed = apply(read_changes()[title], paths.ROOT)
    for path, text in changed.items():
        assert path.endswith((".py", ".js", ".xml")), path
        if path.endswith(".py"):
            compile(text, path, "exec")


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
@pytest.mark.parametrize("title", read_changes())
def test_git_applies_change(title):
    """`git apply`, as CONTRIBUTING.md says it, agrees."""
    done = subprocess.run(
        ["git", "apply", "--check", "-"],
        cwd=paths.ROOT,
        input=read_changes()[title],
        capture_output=True,
        text=True,
    )
    assert not done.returncode, done.stderr


# === THE METRIC IN A REAL ODOO ===


@pytest.fixture(scope="module")
def changed_addon(tmp_path_factory):
    """Return the addons folder with a copy of the addon that has the metric."""
    folder = tmp_path_factory.mktemp("addons")
    copy = folder / paths.ADDON
    unwanted = shutil.ignore_patterns(".*", "tests", *paths.NOT_THE_ADDON)
    shutil.copytree(paths.ROOT, copy, ignore=unwanted)
    for path, text in apply(read_changes()["Add a metric"], copy).items():
        (copy / path).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.skipif("CUSTOMER_VALUE_ODOO" not in os.environ, reason="runs under ./dev test")
def test_metric_has_its_value(changed_addon):
    """Installed, invoices posted, the queue worked off: the number, the card, its documents."""
    with postgres.running("test") as server:
        template = databases.ensure_template(server, None)
        with databases.scratch(server, template, "contributing") as name:
            printed = shell(server, changed_addon, name, SALES)
    assert [line for line in printed.splitlines() if "RESULT=" in line] == [f"RESULT={EXPECTED}"]


def shell(server, addons, name, text):
    """Run Python in the shell of an Odoo that has the changed addon; return what it printed."""
    path = ",".join(str(folder) for folder in [addons, *odoo_tree.extra_addons()])
    options = ("-d", name, f"--addons-path={path}", "--no-http", "--log-level=error")
    line = odoo.command("shell", odoo.configuration(server), *options)
    done = subprocess.run(
        [str(part) for part in line],
        env=odoo.environment(server),
        input=text,
        capture_output=True,
        text=True,
    )
    assert not done.returncode, done.stderr[-3000:]
    return done.stdout


# === WHAT THE DOCUMENTATION NAMES ===


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_named_code_is_there(document):
    """`path::method` and `path::CONSTANT` exist; `./dev lint doc_paths` looks for the paths."""
    missing = [
        f"{path}::{name}"
        for path, name in NAMED.findall(document.read_text(encoding="utf-8"))
        if (paths.ROOT / path).exists()
        and not re.search(
            rf"^\s*(?:async |export )*(?:(?:def|class|function|const) )?{name}\b\s*[(=:]",
            (paths.ROOT / path).read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    ]
    assert not missing
