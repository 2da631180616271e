"""Lint: every check returns its complaints as `path:line: text`; none means the check passed.

The checks see a copy of the project's own files (tracked or new, never ignored ones), because
some tools walk everything below the addon and would walk into the cache.
"""

import ast
import contextlib
import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from . import paths, po_files
from .checks import (
    doc_paths,
    docstrings,
    functions,
    layers,
    layout,
    menus,
    rights,
    rooms,
    sources,
    web,
    xml_format,
)

MAX_FILE_LINES = 330
MAX_FUNCTION_LINES = 50  # of the exceptions that checks/functions.py names; others have less
PROGRAMS = (
    "tests",
    "devtools",
    "client",
    "benchmarks",
)  # they print, and are not part of the server

# What Odoo 19 ignores, deprecates or rejects; today's form is in Odoo's own code.
OUTDATED = re.compile(
    r"_sql_constraints|group_operator|<tree\b|view_mode.*\btree\b|kanban-box|oe_chatter|\sattrs=|\sstates="
    r"|\bt-esc\b|\bt-raw\b|\bgroups_id\b|numbercall|odoo\.osv|\.read_group\(|\bname_get\b|self\._(cr|uid|context)\b"
    r"|\bcr\.commit\(|auto_join|stock\.valuation\.layer|procurement\.group|type=['\"]json['\"]"
)
# A pin to one registry breaks everybody who uses a mirror. Escaped, so that this file passes.
REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|npmjs\.com/package|yarnpkg\.com|deb\.debian\.org"
    r"|(archive|security|ports|snapshot)\.(ubuntu\.com|debian\.org)"
)
NOT_ODOO = ("tests/", "benchmarks/", "devtools/lint.py", "docs/", "static/lib/", "client/")
# Odoo's own checkers (its test_lint module), besides those about bugs that are always bugs.
ODOO_PLUGINS = "_odoo_checker_sql_injection,_odoo_checker_gettext,_odoo_checker_unlink_override"
ODOO_MESSAGES = (
    "sql-injection,missing-gettext,gettext-variable,gettext-placeholders,gettext-repr,raise-unlink-override,"
    "used-before-assignment,undefined-variable,eval-used,unreachable,function-redefined"
)
# This is no OCA addon, its README is Markdown, and there are few companies and tiers to search.
# One model in several files: .pylintrc says why, checks/layout.py says where.
UNWANTED = (
    "missing-readme,manifest-required-author,consider-merging-classes-inherited,no-search-all"
)


# === FILES ===


def project_files():
    """Relative paths of the project's files: as git sees them, else all that is not hidden."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        answer = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True)
        names = answer.stdout.splitlines() if answer.returncode == 0 else None
    except OSError:
        names = None
    if names is None:
        names = _walk()
    return sorted(name for name in set(names) if (paths.ROOT / name).is_file())


def _walk():
    for base, folders, files in os.walk(paths.ROOT):
        folders[:] = [name for name in folders if not name.startswith(".") or name == ".ci"]
        folders[:] = [name for name in folders if name not in paths.NOT_THE_ADDON]
        for name in files:
            yield os.path.relpath(os.path.join(base, name), paths.ROOT)


@contextlib.contextmanager
def snapshot(names):
    """Yield the folder of a copy that is named like the addon."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, paths.ADDON)
        for name in names:
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(paths.ROOT / name, copy / name)
        yield copy


# === OUR OWN CHECKS ===


def matches(pattern, name, text):
    """Return a complaint for each line that has the pattern."""
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def outdated(names):
    """Idioms of older Odoo versions."""
    code = sources.select(names, ".py", ".xml", ".js", outside=NOT_ODOO)
    return [found for name in code for found in matches(OUTDATED, name, sources.text(name))]


def registry_hosts(names):
    """Host names of package registries."""
    texts = [
        name
        for name in names
        if not name.endswith((".png", ".gz", ".woff2", ".woff", ".ttf", ".ico", ".pdf"))
    ]
    return [found for name in texts for found in matches(REGISTRIES, name, sources.text(name))]


def sizes(names):
    """Files and functions too long to be read at once."""
    found = []
    for name in sources.select(names, ".py", "dev", outside=("tests/",)):
        found += too_long(name, sources.text(name))
    return found


def too_long(name, text):
    """Return a complaint for a file, and for each of its functions, that is too long."""
    found = []
    lines = len(text.splitlines())
    if lines > MAX_FILE_LINES:
        found.append(f"{name}:1: {lines} lines, at most {MAX_FILE_LINES}")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = node.end_lineno - node.lineno + 1
            if length > MAX_FUNCTION_LINES:
                found.append(
                    f"{name}:{node.lineno}: {node.name} has {length} lines, at most "
                    f"{MAX_FUNCTION_LINES}"
                )
    return found


def persian(_names):
    """Gaps in the Persian translation."""
    path = paths.ROOT / "i18n" / "fa.po"
    if not path.exists():
        return ["i18n/fa.po:1: there is no Persian translation (./dev i18n makes the file)"]
    return [f"i18n/fa.po: {text}" for text in po_files.problems(po_files.read(path))]


# === TOOLS ===


def ruff(names):
    """Errors, imports, modern syntax, bugs, security, complexity (ruff.toml)."""
    return _tool(
        names,
        ["ruff", "check", "--no-cache", "--output-format=concise", "--config", "ruff.toml", "."],
    )


def ruff_format(names):
    """Python that `ruff format` would write otherwise."""
    lines = _tool(names, ["ruff", "format", *RUFF_FORMAT, "--check", "."])
    wanted = "Would reformat: "
    return [
        f"{line.removeprefix(wanted)}:1: ./dev lint --format would change it"
        if line.startswith(wanted)
        else line
        for line in lines
        if not re.match(r"\d+ files? (would be|already)", line)
    ]


def pylint_odoo(names):
    """The OCA's rules for addons."""
    return _tool(
        names,
        [
            "pylint",
            "--rcfile=.pylintrc",
            "--disable=" + UNWANTED,
            "--ignore=" + ",".join(PROGRAMS),
            *PYLINT_OUTPUT,
        ],
    )


def odoo_checkers(names):
    """Odoo's own rules about SQL, translation and deletion."""
    checkers = Path(os.environ["CUSTOMER_VALUE_ODOO"], "odoo", "addons", "test_lint", "tests")
    if not checkers.exists():
        checkers = Path(os.environ["CUSTOMER_VALUE_ODOO"], "addons", "test_lint", "tests")
    return _tool(
        names,
        [
            "pylint",
            f"--rcfile={os.devnull}",
            "--load-plugins=" + ODOO_PLUGINS,
            "--disable=all",
            "--enable=" + ODOO_MESSAGES,
            "--ignore=tests,devtools",
            *PYLINT_OUTPUT,
        ],
        extra_path=checkers,
    )


RUFF_FORMAT = ("--no-cache", "--config=ruff.toml")
PYLINT_OUTPUT = ("--score=no", "--jobs=1", "--msg-template={path}:{line}: {msg} ({symbol})", ".")


def _tool(names, command, extra_path=None):
    """Run a tool of the virtual environment on a snapshot; what it prints are complaints."""
    search = [str(extra_path)] if extra_path else []
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([*search, os.environ["CUSTOMER_VALUE_ODOO"]]),
        "PYLINTHOME": tempfile.gettempdir(),
    }
    with snapshot(names) as copy:
        answer = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
        )
    noise = ("*************", "All checks passed", "Found ", "[*] ")
    lines = [
        line for line in answer.stdout.splitlines() if line.strip() and not line.startswith(noise)
    ]
    if answer.returncode and not lines:
        lines = (answer.stderr.splitlines() or [f"{command[0]} failed"])[-5:]
    return lines


CHECKS = {
    check.__name__: check
    for check in (
        ruff,
        ruff_format,
        pylint_odoo,
        odoo_checkers,
        outdated,
        registry_hosts,
        sizes,
        functions.functions,
        docstrings.docstrings,
        layout.layout,
        layers.layers,
        rooms.rooms,
        rights.sudo,
        rights.bypass,
        menus.menus,
        xml_format.xml_format,
        web.javascript,
        web.js_format,
        doc_paths.doc_paths,
        persian,
    )
}


@functools.cache
def _names():
    return tuple(project_files())


def complaints(check):
    """Complaints of one check about the project as it is now."""
    return CHECKS[check](_names())


def freeze():
    """Note the counts of `sudo()` and of uses of later rooms as they are now."""
    rights.KNOWN_SUDO.write(rights.count_sudo(_names()))
    rooms.KNOWN_USES.write(rooms.count_uses(_names()))
    return []


def write_format():
    """Write Python and JavaScript as their formatters want them."""
    command = [sys.executable, "-m", "ruff", "format", *RUFF_FORMAT, "."]
    subprocess.run(command, cwd=paths.ROOT, check=True)
    return web.write_format(_names())


WRITERS = {"--freeze": freeze, "--format": write_format}  # they change files instead of checking


def main(wanted):
    """Run the named checks (default: all), print their complaints; return the exit code."""
    code = 0
    for check in wanted or CHECKS:
        found = WRITERS[check]() if check in WRITERS else complaints(check)
        print(f"{check}: {'ok' if not found else len(found)}")
        print("".join(f"  {line}\n" for line in found), end="")
        code = code or bool(found)
    return int(code)
