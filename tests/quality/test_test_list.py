"""Each test is seen by Odoo's own runner, or the list says why not; and it can always be loaded.

Plain pytest without a database.
"""

import ast
import functools
import importlib.metadata
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from odoo.tools import config

from ... import tests
from ...devtools.paths import ROOT
from ..not_for_odoo import NOT_FOR_ODOO

FOLDER = ROOT / "tests"
# A module that is None in sys.modules cannot be imported, as if it were not installed.
LOAD_WITHOUT = """
import json, logging, sys
missing, addons_path = json.loads(sys.argv[1])
sys.modules.update(dict.fromkeys(missing))
from odoo.tools import config
config.parse_config(["--addons-path", addons_path], setup_logging=False)
said = []
handler = logging.Handler()
handler.emit = lambda record: said.append([record.levelname, record.getMessage()])
logger = logging.getLogger("odoo.addons.customer_value")
logger.addHandler(handler)
logger.setLevel(logging.INFO)
from odoo.tests.loader import get_test_modules
found = [module.__name__ for module in get_test_modules("customer_value")]
print("RESULT=" + json.dumps([found, said]))
"""


@functools.cache
def read_imports():
    """Return test file -> the package it may lack (or None), of what ``tests/__init__`` imports."""
    found = Counter()
    packages = {}
    for node in ast.parse((FOLDER / "__init__.py").read_text()).body:
        package = None
        if isinstance(node, ast.With):
            package = node.items[0].context_expr.args[0].value
        for line in node.body if package else [node]:
            if isinstance(line, ast.ImportFrom):
                for name in line.names:
                    file = f"{line.module.replace('.', '/')}/{name.name}.py"
                    if name.name.startswith("test_"):
                        found[file] += 1
                        packages[file] = package
    assert set(found.values()) == {1}, found.most_common(3)
    return packages


def module_name(file):
    return f"{tests.__name__}.{file.removesuffix('.py').replace('/', '.')}"


def listed(file):
    """Return the entries of the list that speak of a file."""
    return {entry for entry in NOT_FOR_ODOO if file == entry or file.startswith(f"{entry}/")}


def test_each_file_is_in_one_of_both():
    """Imported, or listed with a reason: never both, never neither, and nothing that is gone."""
    files = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("test_*.py")}
    imported = set(read_imports())
    assert imported <= files, "imported, but not there"
    assert {file for file in files if len(listed(file)) != (file not in imported)} == set()
    assert set().union(*map(listed, files)) == set(NOT_FOR_ODOO), "listed, but not there"
    assert all(NOT_FOR_ODOO.values())


def test_tests_for_odoo_are_not_listed():
    """What uses the test classes of Odoo is a test for its runner."""
    for path in FOLDER.rglob("test_*.py"):
        if listed(str(path.relative_to(FOLDER))):
            assert not re.search(r"from odoo\.tests import", path.read_text()), path


def test_nothing_is_left_out_here():
    """Here are all packages; and no two modules of one name hide each other."""
    for file in read_imports():
        assert getattr(tests, Path(file).stem).__name__ == module_name(file)


def test_loads_without_the_packages_of_tests():
    """With requirements.txt alone all other tests are there, and the log says it, but quietly."""
    missing = find_test_packages()
    assert {"hypothesis", "pytest", "scipy", "websocket"} <= set(missing)
    arguments = json.dumps([missing, ",".join(map(str, config["addons_path"]))])
    done = subprocess.run(
        [sys.executable, "-c", LOAD_WITHOUT, arguments], capture_output=True, text=True
    )
    assert not done.returncode, done.stderr[-3000:]
    [line] = [line for line in done.stdout.splitlines() if line.startswith("RESULT=")]
    found, said = json.loads(line.removeprefix("RESULT="))
    kept = {module_name(file) for file, package in read_imports().items() if not package}
    assert set(found) == kept
    packages = {package for package in read_imports().values() if package}
    assert len(said) == len(packages)
    for level, text in said:
        assert level == "INFO"
        assert any(f"need {package} are left out" in text for package in packages), text


def find_test_packages():
    """Return what is imported from the distributions of requirements-test.txt alone."""
    only = read_requirements("requirements-test.txt") - read_requirements("requirements.txt")
    return [
        name
        for name, distributions in importlib.metadata.packages_distributions().items()
        if any(re.sub(r"[-_.]+", "-", found).lower() in only for found in distributions)
    ]


def read_requirements(name):
    """Return the normalised names of the distributions of a requirements file."""
    lines = re.findall(r"^[\w.-]+", (ROOT / name).read_text(), re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", line).lower() for line in lines}
