"""The parts of `./dev` that need no Odoo: options, stamps, sentences, gates."""

import errno
import importlib.machinery
import importlib.util
import io
import json
import os
import socket
import types
from pathlib import Path

import polib
import pytest

from odoo.addons.customer_value.devtools import (
    cli,
    databases,
    demo,
    everyday,
    lint,
    node,
    odoo_tree,
    paths,
    po_files,
    postgres,
    steps,
    test_run,
    venv,
)
from odoo.addons.customer_value.devtools.steps import Fail


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, so that no test touches the real one."""
    for name, folder in (("CACHE", ""), ("STAMPS", "stamps"), ("LOGS", "log"), ("VENV", "venv")):
        monkeypatch.setattr(paths, name, tmp_path / folder)
    monkeypatch.setattr(paths, "PYTHON", tmp_path / "venv/bin/python")
    monkeypatch.setattr(demo, "STATE", tmp_path / "demo.json")
    return tmp_path


def failure(action, *arguments):
    """The text an action fails with: one line that says what is wrong and how to mend it."""
    with pytest.raises(Fail) as caught:
        action(*arguments)
    text = str(caught.value)
    assert "\n" not in text
    assert ":" in text
    return text


# === OPTIONS ===


def test_demo_options():
    options = cli.parse(["demo", "--port", "8100", "--no-serve", "--fresh", "--db", "mine"])
    assert (options.port, options.serve, options.fresh, options.db) == (8100, False, True, "mine")
    assert cli.parse(["demo"]).serve is True


@pytest.mark.parametrize("port", ["0", "65536", "x", "-1"])
def test_demo_refuses_what_is_no_port(port, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.parse(["demo", f"--port={port}"])
    assert caught.value.code == 2
    assert "is no port" in capsys.readouterr().err


@pytest.mark.parametrize("command", sorted(cli.PASS_ON))
@pytest.mark.parametrize(
    "rest", [[], ["-k", "a and not b", "tests/test_x.py"], ["-x", "--", "-h"], ["sales", "--help"]]
)
def test_what_follows_is_passed_on_untouched(command, rest):
    assert cli.parse([command, *rest]).rest == rest


def test_unknown_options_are_refused(capsys):
    with pytest.raises(SystemExit):
        cli.parse(["shell", "--nope"])
    assert "--nope" in capsys.readouterr().err


def test_alone_it_lists_every_command(capsys):
    assert cli.main([]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in cli.COMMANDS)


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_command_has_help(name, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.parse([name, "--help"])
    assert caught.value.code == 0
    assert f"./dev {name}" in capsys.readouterr().out


def test_a_failure_is_one_sentence_and_exit_code_1(monkeypatch, capsys):
    def broken(_options):
        raise Fail("Port 1 is taken: choose another.")

    monkeypatch.setitem(cli.COMMANDS, "clean", (broken, "text"))
    monkeypatch.setattr(cli.signal, "signal", lambda *_: None)
    assert cli.main(["clean"]) == 1
    assert capsys.readouterr().err == "dev: Port 1 is taken: choose another.\n"


def test_launcher_knows_the_pythons_odoo_runs_on():
    loader = importlib.machinery.SourceFileLoader("launcher", str(paths.ROOT / "dev"))
    launcher = importlib.util.module_from_spec(importlib.util.spec_from_loader("launcher", loader))
    loader.exec_module(launcher)
    answers = [launcher.fits((3, minor)) for minor in (9, 10, 13, 14)]
    assert answers == [False, True, True, False]


def test_paths_are_translated_and_the_rest_is_left_alone(monkeypatch):
    monkeypatch.chdir(paths.ROOT)
    link = paths.LINK / "tests" / "quality" / "test_lint.py"
    assert test_run.translate("tests/quality/test_lint.py") == str(link)
    assert test_run.translate("tests/quality/test_lint.py::test_lint") == f"{link}::test_lint"
    assert test_run.translate(str(paths.ROOT / "tests")) == str(paths.LINK / "tests")
    for other in ("-k", "no such thing", "--maxfail=1", "", "tests/no_such_file.py", os.sep):
        assert test_run.translate(other) == other


# === STAMPS, STEPS, LOCKS ===


def test_a_stamp_counts_only_for_its_key(cache):
    assert not steps.is_done("venv", "a")
    steps.mark_done("venv", "a")
    assert steps.is_done("venv", "a")
    assert not steps.is_done("venv", "b")
    steps.forget("venv")
    assert not steps.is_done("venv", "a")
    steps.forget("venv")


def test_an_interrupted_stamp_leaves_nothing(cache, monkeypatch):
    def full(*_arguments):
        raise OSError(errno.ENOSPC, "disk full")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="disk full"):
        steps.mark_done("venv", "a")
    assert not steps.is_done("venv", "a")


def test_a_step_prints_number_title_and_time():
    stream = io.StringIO()
    reporter = steps.Reporter(2, stream)
    reporter.run("First", lambda _step: True)
    reporter.run("Second", lambda _step: False)
    assert stream.getvalue() == "[1/2] First … 0 s\n[2/2] Second … ready\n"


def test_a_failing_step_ends_its_line():
    stream = io.StringIO()
    with pytest.raises(Fail):
        steps.Reporter(1, stream).run("Only", lambda _step: failing())
    assert stream.getvalue() == "[1/1] Only … stopped\n"


def failing():
    raise Fail("It does not work: mend it.")


def test_a_failing_command_names_its_log(cache):
    text = failure(steps.must, ["sh", "-c", "echo reason; exit 3"], "shell", "It failed")
    assert text.startswith("It failed (details: ")
    assert (cache / "log/shell.log").read_text() == "reason\n"


# === SENTENCES ===


def test_no_disk(cache, monkeypatch):
    usage = types.SimpleNamespace(free=1e9)
    monkeypatch.setattr(demo.shutil, "disk_usage", lambda _folder: usage)
    assert "CUSTOMER_VALUE_HOME" in failure(demo.check_machine, None)


def test_port_taken(cache, monkeypatch):
    monkeypatch.setattr(demo, "NEEDED_GB", 0)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        text = failure(demo.check_machine, port)
        assert f"Port {port} is taken" in text
        assert f"--port {port + 1}" in text
        state = {"pid": os.getpid(), "port": port, "url": "http://here"}
        demo.STATE.write_text(json.dumps(state))
        assert "runs already at http://here" in failure(demo.check_machine, port)


def test_a_dead_demo_is_not_running(cache):
    assert demo.running_demo() is None
    demo.STATE.write_text("{half")
    assert demo.running_demo() is None


def test_npm_missing(cache, monkeypatch):
    monkeypatch.setattr(node.shutil, "which", lambda _name: None)
    assert "apt install npm" in failure(node.ensure, None)


def test_no_apt(cache, monkeypatch):
    monkeypatch.setattr(odoo_tree.shutil, "which", lambda _name: None)
    assert "ODOO_PATH" in failure(odoo_tree._download, cache)


def test_odoo_path_without_odoo(cache, monkeypatch):
    monkeypatch.setenv("ODOO_PATH", str(cache))
    assert "odoo/release.py" in failure(odoo_tree.python_path)


def test_odoo_path_with_another_version(cache, monkeypatch):
    (cache / "odoo").mkdir()
    (cache / "odoo/release.py").write_text("version_info = (18, 0, 0, FINAL, 0, '')\n")
    monkeypatch.setenv("ODOO_PATH", str(cache))
    assert "Odoo 18.0.0" in failure(odoo_tree.ensure, None)


def test_python_without_venv(cache, monkeypatch):
    monkeypatch.setattr(venv.importlib.util, "find_spec", lambda _name: None)
    assert "apt install python3-venv" in failure(venv.create, venv.paths.VENV)


def test_load_needs_a_demo(cache):
    assert "./dev demo" in failure(everyday.load, types.SimpleNamespace(rest=["sales", "x.csv"]))
    assert "load sales FILE" in failure(everyday.load, types.SimpleNamespace(rest=[]))


def test_missing_manifest(cache, monkeypatch):
    monkeypatch.setattr(paths, "ROOT", cache)
    assert "complete checkout" in failure(databases.manifest)


# === CHOICES ===


@pytest.mark.parametrize(
    ("uris", "family", "wanted"),
    [
        (["http://a/debian/", "http://a/debian-security"], "debian", "http://a/debian/"),
        (["http://third.party/apt", "http://m/ubuntu/"], "ubuntu", "http://m/ubuntu/"),
        (
            ["http://security.m/ubuntu", "http://p/ubuntu-ports/"],
            "ubuntu",
            "http://p/ubuntu-ports/",
        ),
    ],
)
def test_the_archive_in_use_is_chosen(monkeypatch, uris, family, wanted):
    answer = types.SimpleNamespace(stdout="\n".join(uris))
    monkeypatch.setattr(odoo_tree.subprocess, "run", lambda *_, **__: answer)
    assert odoo_tree._mirror(family) == wanted


def test_without_an_archive_the_sentence_helps(monkeypatch):
    answer = types.SimpleNamespace(stdout="")
    monkeypatch.setattr(odoo_tree.subprocess, "run", lambda *_, **__: answer)
    assert "ODOO_PATH" in failure(odoo_tree._mirror, "debian")


def test_broken_links_are_found(tmp_path):
    (tmp_path / "good").touch()
    (tmp_path / "to_good").symlink_to("good")
    (tmp_path / "to_nothing").symlink_to("nothing")
    assert odoo_tree.broken_links(tmp_path) == [tmp_path / "to_nothing"]


def test_a_named_server_is_used_with_its_variables(monkeypatch):
    monkeypatch.setenv("PGUSER", "somebody")
    server = postgres.Server("test", {"PGHOST": "/some/where"})
    environment = server.environment()
    assert environment["PGHOST"] == "/some/where"
    assert "PGUSER" not in environment


def test_the_addon_is_shown_without_the_cache(tmp_path, monkeypatch):
    root = tmp_path / "root"
    for name in ("models", ".odoo", ".git", "node_modules", "build"):
        (root / name).mkdir(parents=True)
    link = tmp_path / "addons" / "customer_value"
    monkeypatch.setattr(paths, "ROOT", root)
    monkeypatch.setattr(paths, "CACHE", root / ".odoo")
    monkeypatch.setattr(paths, "LINK", link)
    paths.link_addon()
    assert sorted(entry.name for entry in link.iterdir()) == ["build", "models"]
    (root / "build").rmdir()
    (root / "views").mkdir()
    paths.link_addon()
    assert sorted(entry.name for entry in link.iterdir()) == ["models", "views"]


# === GATES ===


@pytest.mark.parametrize(
    "line",
    [
        "    _sql_constraints = []",
        "<tree>",
        '<field name="view_mode">tree,form</field>',
        '<span t-esc="o.name"/>',
        "env.cr.commit()",
        "self.env['x'].read_group([], [], [])",
        "def name_get(self):",
        "user.groups_id",
        "self._cr.execute(query)",
        "from odoo.osv import expression",
        """@route('/x', type='json')""",
    ],
)
def test_outdated_idioms_are_caught(line):
    assert lint.matches(lint.OUTDATED, "models/x.py", f"fine\n{line}\n") == [
        f"models/x.py:2: {line.strip()}"
    ]


@pytest.mark.parametrize(
    "line",
    [
        "self._read_group([], [], [])",
        "<list>",
        "group_ids",
        "estates=1",
        "text-raw",
        "_commit_progress(1)",
    ],
)
def test_todays_idioms_pass(line):
    assert not lint.matches(lint.OUTDATED, "models/x.py", line)


def test_registry_hosts_are_caught():
    host = ".".join(("files", "pythonhosted", "org"))
    assert lint.matches(lint.REGISTRIES, "x.txt", f"--index-url https://{host}/simple")


def test_long_files_and_functions_are_caught():
    function = "def f():\n" + "    pass\n" * lint.MAX_FUNCTION_LINES
    assert lint.too_long("x.py", function) == ["x.py:1: f has 51 lines, at most 50"]
    assert lint.too_long("x.py", "x = 1\n" * (lint.MAX_FILE_LINES + 1)) == [
        "x.py:1: 331 lines, at most 330"
    ]
    assert not lint.too_long("x.py", "x = 1\n" * lint.MAX_FILE_LINES)


@pytest.mark.parametrize(
    ("name", "text", "check", "wanted"),
    [
        ("models/x.py", "import os\n", "ruff", "F401"),
        (
            "models/x.py",
            "class X:\n    def f(self, name):\n"
            "        self.env.cr.execute(f\"SELECT 1 FROM a WHERE b = '{name}'\")\n",
            "odoo_checkers",
            "sql-injection",
        ),
    ],
)
def test_planted_faults_are_caught_by_the_tools(tmp_path, monkeypatch, name, text, check, wanted):
    if "CUSTOMER_VALUE_ODOO" not in os.environ:
        pytest.skip("runs under ./dev test")
    for config in ("ruff.toml", ".pylintrc"):
        (tmp_path / config).write_text((paths.ROOT / config).read_text())
    for file, content in ((name, text), ("__init__.py", ""), ("models/__init__.py", "")):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(content)
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    assert any(wanted in line for line in lint.CHECKS[check](lint.project_files()))


def po(*entries):
    result = polib.POFile()
    for msgid, msgstr, *flags in entries:
        result.append(polib.POEntry(msgid=msgid, msgstr=msgstr, flags=flags))
    return result


def test_gaps_in_a_translation_are_caught():
    faulty = po(("a", ""), ("b", "ب", "fuzzy"), ("c %(n)s", "ج %(m)s"), ("d", "د"))
    found = po_files.problems(faulty, po(("d", ""), ("e", "")))
    kinds = [text.split(":")[0] for text in found]
    assert (
        kinds
        == ["no translation", "fuzzy", "other placeholders", "not in the translation"]
        + ["no term any more"] * 3
    )


def test_placeholders_may_change_their_order():
    assert not po_files.problems(po(("%(a)s of %(b)s", "%(b)s از %(a)s"), ("100% of it", "۱۰۰٪")))


def test_merging_keeps_adds_and_drops(tmp_path):
    po(("kept", "مانده"), ("gone", "رفته")).save(tmp_path / "fa.po")
    result = po_files.merged(po(("kept", ""), ("new", "")), tmp_path / "fa.po")
    assert {entry.msgid: entry.msgstr for entry in result} == {"kept": "مانده", "new": ""}
    assert not result.obsolete_entries()


def test_a_template_has_no_dates(tmp_path, capsys):
    draft = po(("a", ""))
    draft.metadata = {"POT-Creation-Date": "today", "Content-Type": "text/plain; charset=UTF-8"}
    draft.save(tmp_path / "draft.pot")
    po_files.update(tmp_path / "draft.pot", tmp_path / "x.pot", tmp_path / "fa.po")
    assert "today" not in (tmp_path / "x.pot").read_text()
    assert "1 untranslated" in capsys.readouterr().out
