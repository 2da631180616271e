"""The project's own checks on small made-up projects: each lets the right pass and can fail."""

import shutil

import pytest

from odoo.addons.customer_value.devtools import lint, node, paths
from odoo.addons.customer_value.devtools.checks import (
    doc_paths,
    docstrings,
    frozen,
    functions,
    layers,
    layout,
    menus,
    rights,
    rooms,
    web,
    xml_format,
)

ROOT = paths.ROOT


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Write files; return the names of all files of the made-up project."""
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(frozen, "FOLDER", tmp_path)
    names = set()

    def write(files):
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
            names.add(name)
        return sorted(names)

    return write


def home(model, body="    pass\n"):
    """A class that makes a model."""
    return f"class Home(models.Model):\n    _name = {model!r}\n    _description = 'X'\n{body}"


def part(model, body="    pass\n"):
    """A class that extends a model."""
    return f"class Part(models.Model):\n    _inherit = {model!r}\n{body}"


def method(name):
    return f"    def {name}(self):\n        return super().{name}()\n"


def places(complaints):
    """`path:line` of each complaint."""
    return [":".join(line.split(":")[:2]) for line in complaints]


# === LAYOUT ===


def test_a_good_room_passes(project):
    names = project(
        {
            "models/__init__.py": "from . import base\n",
            "models/base/__init__.py": "from . import access\n",
            "models/base/access.py": "USER = 'x'\n",
            "models/loyalty/customer_tier.py": home("customer.tier"),
            "models/loyalty/customer_source.py": home("customer.source.mixin"),
            "models/loyalty/customer_profile.py": part("customer.profile", "    a = 1\n" * 200),
            "models/loyalty/customer_profile_rule.py": part(
                "customer.profile", "    b = 1\n" * 140
            ),
            "wizards/customer_ask.py": home("customer.ask") + home("customer.ask.line"),
        }
    )
    assert layout.layout(names) == []


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("models/customer_tier.py", home("customer.tier"), "in none"),
        ("models/attic/customer_tier.py", home("customer.tier"), "in none"),
        ("models/loyalty/tier.py", home("customer.tier"), "customer_tier_<topic>.py"),
        ("models/loyalty/customer_tiers.py", part("customer.tier"), "holds customer.tier"),
        ("models/loyalty/sale_order.py", part("sale.order") * 2, "a second class, sale.order"),
        ("models/loyalty/sale_order.py", part("sale.order") + home("x"), "a second class, x"),
        ("wizards/customer_ask.py", home("customer.ask") + home("customer.other"), "second class"),
        ("reports/customer_ask.py", home("customer.ask") + home("customer.ask.line"), "second"),
    ],
)
def test_misplaced_models_are_caught(project, name, text, wanted):
    found = layout.layout(project({name: text}))
    assert wanted in "\n".join(found)
    assert all(line.startswith(f"{name}:") for line in found)


def test_a_list_of_bases_names_the_model(project):
    text = "class Part(models.Model):\n    _name = 'a.b'\n    _inherit = ['a.b', 'mail.thread']\n"
    assert not layout.layout(project({"models/base/a_b.py": text}))
    assert layout.layout(project({"models/base/mail_thread.py": text}))


def test_full_folders_are_caught(project):
    files = {f"engine/part_{number}.py": "" for number in range(layout.MAX_FOLDER_FILES)}
    names = project({**files, "engine/__init__.py": ""})
    assert layout.layout(names) == []
    names = project({"engine/one_more.py": ""})
    assert layout.layout(names) == ["engine/:1: 21 .py files, at most 20"]


def test_a_needless_topic_is_caught(project):
    names = project(
        {
            "models/base/res_partner.py": part("res.partner"),
            "models/base/res_partner_tax.py": part("res.partner"),
            "models/refresh/res_partner.py": part("res.partner"),
        }
    )
    assert places(layout.layout(names)) == ["models/base/res_partner_tax.py:1"]


def test_a_class_over_many_files_is_caught(project):
    body = "    a = 1\n" * 50
    files = {f"models/api/customer_api_{number}.py": part("customer.api", body) for number in "ab"}
    files |= {f"models/api/customer_api_{n}.py": part("customer.api", body) for n in range(9)}
    assert layout.layout(project(files)) == [
        "models/api/:1: customer.api is spread over 11 files, at most 10"
    ]


def test_two_layers_in_one_room_are_caught(project):
    names = project(
        {
            "models/base/sale_order.py": part("sale.order", method("write") + "    x = 1\n"),
            "models/base/sale_order_line.py": part("sale.order.line", method("write")),
            "models/refresh/sale_order.py": part("sale.order", method("write")),
        }
    )
    assert layers.layers(names) == []
    body = method("write") + "    x = fields.Char()\n"
    found = layers.layers(project({"models/base/sale_order_tax.py": part("sale.order", body)}))
    assert places(found) == ["models/base/sale_order_tax.py:3", "models/base/sale_order_tax.py:5"]
    assert "has write already at models/base/sale_order.py:3" in found[0]


def test_registries_have_a_part_in_each_topic(project):
    registry = method("_get_fact_families")
    files = {
        "models/profile/customer_profile.py": part("customer.profile", registry),
        "models/profile/customer_profile_sales.py": part("customer.profile", registry),
    }
    assert layers.layers(project(files)) == []
    files["models/profile/customer_profile.py"] = part("customer.profile", registry * 2)
    assert len(layers.layers(project(files))) == 1


# === ROOMS ===


@pytest.mark.parametrize(
    ("line", "is_fault"),
    [
        ("from ..api.input_reader import read", True),
        ("from ..api import input_reader", True),
        ("from .. import api", True),
        ("from ...models.api import input_reader", True),
        ("from odoo.addons.customer_value.models.api.x import y", True),
        ("def f():\n    from ..api import input_reader", True),
        ("from ..base.access import USER", False),
        ("from . import customer_tier", False),
        ("from ...engine import tier", False),
        ("from odoo import api, models", False),
    ],
)
def test_imports_of_later_rooms_are_caught(project, line, is_fault):
    found = rooms.rooms(project({"models/loyalty/customer_tier.py": line + "\n"}))
    assert bool(found) is is_fault
    assert not is_fault or "loyalty imports from api, a later room" in found[0]


def test_inheriting_from_a_later_room_is_caught(project):
    names = project(
        {
            "models/complaint/customer_complaint.py": home("customer.complaint"),
            "models/resolution/customer_complaint.py": part("customer.complaint"),
            "models/resolution/mail_thread.py": part("mail.thread"),
        }
    )
    assert rooms.rooms(names) == []
    body = "    _inherits = {'customer.complaint': 'complaint_id'}\n"
    names = project(
        {
            "models/base/customer_complaint.py": part("customer.complaint"),
            "models/loyalty/customer_tier.py": home("customer.tier", body),
        }
    )
    assert places(rooms.rooms(names)) == [
        "models/base/customer_complaint.py:1",
        "models/loyalty/customer_tier.py:1",
    ]


USES = """    tier_id = fields.Many2one("customer.tier")
    tier_ids = fields.One2many(string="T", comodel_name="customer.tier", inverse_name="x")
    name = fields.Char("customer.tier")
    partner_id = fields.Many2one("res.partner")
    def f(self):
        return self.env["customer.tier"], env.get("customer.tier"), {}["customer.tier"]
"""


def test_uses_of_later_rooms_are_counted(project):
    names = project(
        {
            "models/loyalty/customer_tier.py": home("customer.tier", USES),
            "models/profile/res_partner.py": part("res.partner", USES),
            "models/api/res_partner.py": part("res.partner", USES),
        }
    )
    found = rooms.rooms(names)
    assert places(found) == ["models/profile/res_partner.py:8"]
    assert "profile/res_partner.py -> customer.tier: use of a later room 4 times" in found[0]


def test_frozen_uses_pass_until_they_change(project, tmp_path):
    names = project(
        {
            "models/loyalty/customer_tier.py": home("customer.tier"),
            "models/profile/res_partner.py": part("res.partner", USES),
        }
    )
    (tmp_path / "known_uses.txt").write_text("# why\nold 3\n")
    assert len(rooms.rooms(names)) == 2  # a new one and a stale line
    rooms.KNOWN_USES.write(rooms.count_uses(names))
    assert rooms.rooms(names) == []
    text = (tmp_path / "known_uses.txt").read_text()
    assert text == "# why\nprofile/res_partner.py -> customer.tier 4\n"
    names = project({"models/profile/res_partner.py": part("res.partner")})
    found = rooms.rooms(names)
    assert places(found) == ["devtools/checks/known_uses.txt:1"]
    assert "0 times, noted are 4" in found[0]


def test_every_room_stands_once():
    assert len(set(rooms.ROOMS)) == len(rooms.ROOMS) == 31


# === FROZEN RIGHTS ===


def test_sudo_is_frozen(project, tmp_path):
    names = project({"models/base/x.py": "a.sudo().b\nc.sudo(False)\n", "tests/x.py": "a.sudo()"})
    assert places(rights.sudo(names)) == ["models/base/x.py:1"]
    (tmp_path / "sudo.txt").write_text("models/base/x.py 1 | its own rows\n")
    assert rights.sudo(names) == []
    names = project({"models/base/x.py": "a.sudo().b\nc.sudo(True)\n"})
    assert "sudo() 2 times, noted are 1" in rights.sudo(names)[0]
    names = project({"models/base/x.py": ""})
    assert "sudo() 0 times, noted are 1" in rights.sudo(names)[0]


def test_no_field_is_searched_past_the_rights(project):
    field = "x = Many2many(\n    bypass_search_access=True,\n)\n"
    names = project({"models/base/x.py": field, "tests/x.py": field, "wizards/y.py": "x = 1\n"})
    assert places(rights.bypass(names)) == ["models/base/x.py:2"]


@pytest.mark.parametrize("end", ["", " |", " | ", " | ?", " | ? "])
def test_sudo_without_a_reason_is_caught(project, tmp_path, end):
    names = project({"models/base/x.py": "a.sudo().b\n"})
    (tmp_path / "sudo.txt").write_text(f"# why\nmodels/base/x.py 1{end}\n")
    found = rights.sudo(names)
    assert places(found) == ["devtools/checks/sudo.txt:1"]
    assert "models/base/x.py: say why in devtools/checks/sudo.txt" in found[0]


def test_freezing_keeps_the_reasons(project, tmp_path):
    names = project({"models/base/x.py": "a.sudo(), b.sudo()", "models/base/y.py": "a.sudo()"})
    text = "# why\ngone.py 3 | old\nmodels/base/x.py 1 | own | 2 rows\n"
    (tmp_path / "sudo.txt").write_text(text)
    rights.KNOWN_SUDO.write(rights.count_sudo(names))
    text = (tmp_path / "sudo.txt").read_text()
    assert text == "# why\nmodels/base/x.py 2 | own | 2 rows\nmodels/base/y.py 1 | ?\n"
    assert "models/base/y.py: say why" in rights.sudo(names)[0]


# === FUNCTIONS ===


def long_function(name, lines):
    return f"def {name}():\n" + "    pass\n" * (lines - 1)


def test_long_functions_are_caught(project, monkeypatch):
    monkeypatch.setattr(functions, "LONG_FUNCTIONS", ("known",))
    text = long_function("known", 46) + long_function("short", 45)
    assert functions.functions(project({"engine/x.py": text})) == []
    names = project({"engine/y.py": "x = 1\n" + long_function("grown", 46)})
    assert functions.functions(names) == ["engine/y.py:2: grown has 46 lines, at most 45"]


def test_the_exceptions_stay_few_and_true(project, monkeypatch):
    names = project({"engine/x.py": long_function("known", 46) * 2})
    monkeypatch.setattr(functions, "LONG_FUNCTIONS", ("known",))
    assert len(functions.functions(names)) == 1  # the name stands for one function
    monkeypatch.setattr(functions, "LONG_FUNCTIONS", ("known", "a", "b", "c"))
    found = functions.functions(names)
    assert [line.split(": ", 1)[1] for line in found[1:]] == [
        "a is no longer long",
        "b is no longer long",
        "c is no longer long",
        "4 exceptions, at most 3",
    ]


@pytest.mark.parametrize(
    ("name", "text", "is_fault"),
    [
        ("engine/x.py", "def f():\n    pass\n", True),
        ("engine/x.py", "async def f():\n    pass\n", True),
        ("devtools/x.py", "def main():\n    pass\n", True),
        ("client/x.py", "class X:\n    @property\n    def f(self):\n        pass\n", True),
        ("client/x.py", "class X:\n    def write(self):\n        pass\n", True),
        ("models/base/x.py", "class X:\n    def action_go(self):\n        pass\n", True),
        ("models/base/x.py", "class X:\n    def write(self, vals):\n        pass\n", False),
        ("models/base/x.py", "class X:\n    def message_new(self):\n        pass\n", False),
        ("engine/x.py", 'def f():\n    """Do."""\n    def g():\n        pass\n', False),
        ("engine/x.py", "def _f():\n    pass\n", False),
        ("engine/x.py", "class _X:\n    def f(self):\n        pass\n", False),
        ("engine/x.py", "class X:\n    def __len__(self):\n        pass\n", False),
        ("tests/x.py", "def test_f():\n    pass\n", False),
        ("hooks.py", "def post_init_hook(env):\n    pass\n", True),
    ],
)
def test_missing_docstrings_are_caught(project, name, text, is_fault):
    assert bool(docstrings.docstrings(project({name: text}))) is is_fault


# === XML ===


def test_menus_elsewhere_are_caught(project):
    item = '<odoo>\n    <menuitem id="a"/>\n</odoo>\n'
    record = "<odoo>\n    <record\n        id='a' model='ir.ui.menu'>\n    </record>\n</odoo>\n"
    names = project({"views/customer_value_menus.xml": item, "static/src/x.xml": item})
    assert menus.menus(names) == []
    names = project({"views/base/a.xml": item, "wizards/b.xml": record})
    assert places(menus.menus(names)) == ["views/base/a.xml:2", "wizards/b.xml:2"]


GOOD_XML = """<?xml version="1.0" encoding="utf-8"?>
<odoo>
    <!-- why -->
    <record id="a" model="mail.template">
        <field name="name"
               eval="1"/>
        <field name="body_html" type="html">
<div>
  <p>سلام</p>
</div>
        </field>
    </record>
</odoo>
"""


def test_tidy_xml_passes(project):
    assert xml_format.xml_format(project({"data/a.xml": GOOD_XML})) == []


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("    <record", "  <record", "data/a.xml:4: 2 spaces, not 4"),
        ("    </record>", "</record>", "data/a.xml:12: 0 spaces, not 4"),
        ("    <!-- why", "      <!-- why", "data/a.xml:3: 6 spaces, not 4"),
        ("<odoo>\n", "<odoo> \n", "data/a.xml:2: a tab, or blanks at the end of the line"),
        ("</odoo>\n", "</odoo>", "data/a.xml:13: a file ends with one line break"),
        ("</record>", "</recrod>", "data/a.xml:12: mismatched tag: line 12, column 6"),
    ],
)
def test_untidy_xml_is_caught(project, old, new, wanted):
    names = project({"data/a.xml": GOOD_XML.replace(old, new, 1)})
    assert xml_format.xml_format(names) == [wanted]


# === DOCUMENTATION ===


FENCE = "```"
DOCUMENT = f"""See `models/profile/customer_profile_<family>.py`, `_card.py`, `other.md`,
[this](other.md#part), [that](../README.md), <https://example.org/a/b.py>, `nearby.js`,
`models/*/sale_order.py`, `models/profile/`, `models/profile/sale_order.py:3`, `POST /json/2/x`,
`a/b`, `.py` and `./dev test`.
{FENCE}
hooks ──► models/profile/sale_order.py, docs/decisions/*.md …
{FENCE}
{FENCE}diff
+++ b/models/profile/customer_profile_new.py
{FENCE}
"""


@pytest.fixture
def documented(project):
    """Write a document beside a few files; return its complaints."""

    def write(text):
        names = project(
            {
                "README.md": "",
                "docs/a.md": text,
                "docs/other.md": "",
                "docs/decisions/1.md": "`../other.md`",
                "models/profile/customer_profile_sales.py": "",
                "models/profile/customer_profile_card.py": "",
                "models/profile/sale_order.py": "",
                "static/src/nearby.js": "",
                "CHANGELOG.md": "`models/gone.py`",
            }
        )
        return doc_paths.doc_paths(names)

    return write


def test_named_paths_are_found(documented):
    assert documented(DOCUMENT) == []


@pytest.mark.parametrize(
    "text",
    [
        "`models/gone.py`",
        "`models/gone/`",
        "`models/profile/customer_need_<family>.py`",
        "`models/gone*.py`",
        "`gone.py`",
        "`_gone.py`",
        "`sale_order.xml`",
        "[x](gone.md)",
        "[x](../gone.md#part)",
        "`tests/test_x.py::test_y`",
        "`models/sale_order.py:3`",
        f"{FENCE}\nmodels/gone.py …\n{FENCE}",
        f"{FENCE}sh\n./dev test models/gone.py\n{FENCE}",
    ],
)
def test_paths_that_are_not_there_are_caught(documented, text):
    if text.startswith("`tests"):
        assert documented(text) == []  # no such folder, so it may be anything
    else:
        assert places(documented(f"First.\n\n{text}\n"))[0] in ("docs/a.md:3", "docs/a.md:4")


# === TOOLS ===


def test_every_check_says_what_it_looks_for():
    assert {"ruff_format", "layout", "layers", "rooms", "menus", "sudo"} < set(lint.CHECKS)
    for check in lint.CHECKS.values():
        assert check.__doc__


def test_checks_without_javascript_need_no_npm(project, monkeypatch):
    monkeypatch.setattr(node, "ensure_linters", lambda: pytest.fail("not needed"))
    names = project({"models/base/x.py": ""})
    assert web.javascript(names) == web.js_format(names) == []


def test_a_missing_npm_is_a_complaint(project, monkeypatch):
    monkeypatch.setattr(node, "is_done", lambda _name, _key: False)
    monkeypatch.setattr(node.shutil, "which", lambda _name: None)
    monkeypatch.setattr(paths, "CACHE", paths.ROOT)
    names = project({"static/src/x.js": "let a = 1;\n"})
    assert "apt install npm" in web.javascript(names)[0]


@pytest.mark.skipif(not node.LINT_MODULES.exists(), reason="the linters of JavaScript are not here")
def test_planted_faults_in_javascript_are_caught(project):
    for name in ("eslint.config.cjs", ".prettierrc.yaml"):
        shutil.copyfile(ROOT / name, paths.ROOT / name)
    good = 'import { x } from "./x";\n\nexport const y = x + 1;\n'
    names = project({"static/src/x.js": good})
    assert web.javascript(names) == web.js_format(names) == []
    names = project({"static/src/x.js": "if (window.a == b) var c = 1\n"})
    found = "\n".join(web.javascript(names))
    for rule in ("eqeqeq", "no-undef", "no-var", "curly", "no-unused-vars"):
        assert f"({rule})" in found
    assert places(web.js_format(names)) == ["static/src/x.js:1"]


def test_planted_faults_in_format_are_caught(project, monkeypatch):
    pytest.importorskip("ruff")
    monkeypatch.setenv("CUSTOMER_VALUE_ODOO", "")
    shutil.copyfile(ROOT / "ruff.toml", paths.ROOT / "ruff.toml")
    names = project({"ruff.toml": (ROOT / "ruff.toml").read_text(), "engine/x.py": "x = 1\n"})
    assert lint.ruff_format(names) == []
    names = project({"engine/x.py": "x = (1)\ny = 'a'\n"})
    assert places(lint.ruff_format(names)) == ["engine/x.py:1"]
