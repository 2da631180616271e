"""The client is a library of its own: it installs, and needs nothing but Python."""

import ast
import importlib
import sys
import unittest
from pathlib import Path
from unittest import mock

try:
    import tomllib
except ImportError:  # Python 3.10
    tomllib = None

ROOT = Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT))  # the client needs no Odoo
CLIENT = ROOT / "client"
MODULES = sorted(
    path for path in CLIENT.rglob("*.py") if "build" not in path.relative_to(CLIENT).parts
)
# What one module reads if it is there, and does without if it is not.
OPTIONAL = {CLIENT / "tables" / "workbooks.py": ["openpyxl", "xlrd"]}
OLDEST = (3, 10)
MAX_FILES, MAX_FILE_LINES, MAX_FUNCTION_LINES = 20, 330, 45


def get_outside_imports(path):
    """Yield what a module imports that is neither Python's own nor part of the client."""
    depth = len(path.relative_to(ROOT).parts) - 1
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level > depth:
                yield "." * node.level + (node.module or "")
            names = [] if node.level else [node.module]
        else:
            continue
        for name in names:
            if name.split(".")[0] not in {*sys.stdlib_module_names, "client"}:
                yield name


class TestModules(unittest.TestCase):
    def test_only_the_standard_library_is_needed(self):
        self.assertGreater(len(MODULES), 40)
        for path in MODULES:
            self.assertEqual(list(get_outside_imports(path)), OPTIONAL.get(path, []), path)

    def test_what_is_optional_may_be_missing(self):
        kept = {name: sys.modules.pop(name) for name in [*sys.modules] if is_client(name)}
        hidden = dict.fromkeys(("openpyxl", "xlrd"))
        try:
            with mock.patch.dict(sys.modules, hidden):
                workbooks = importlib.import_module("client.tables.workbooks")
                self.assertIsNone(workbooks.openpyxl)
                for kind, name in ((workbooks.XLSX, "openpyxl"), (workbooks.XLS, "xlrd")):
                    with self.assertRaisesRegex(Exception, f"pip install {name}, or save .* CSV"):
                        workbooks.read_sheet(Path("sales.xlsx"), kind)
        finally:
            for name in [name for name in sys.modules if is_client(name)]:
                del sys.modules[name]
            sys.modules.update(kept)

    def test_every_module_is_python_of_the_oldest_version(self):
        for path in MODULES:
            ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=OLDEST)

    def test_every_module_can_be_imported_first(self):
        """No circles: a library's modules are imported in any order."""
        kept = {name: sys.modules.pop(name) for name in [*sys.modules] if is_client(name)}
        try:
            for path in MODULES:
                name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                if path.stem == "__main__":
                    continue
                importlib.import_module(name.removesuffix(".__init__"))
                for imported in [*sys.modules]:
                    if is_client(imported):
                        del sys.modules[imported]
        finally:
            sys.modules.update(kept)

    def test_files_and_functions_stay_short(self):
        for folder in {path.parent for path in MODULES}:
            self.assertLessEqual(len(list(folder.glob("*.py"))), MAX_FILES, folder)
        for path in MODULES:
            text = path.read_text(encoding="utf-8")
            self.assertLessEqual(text.count("\n"), MAX_FILE_LINES, path)
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.FunctionDef):
                    length = node.end_lineno - node.lineno + 1
                    self.assertLessEqual(length, MAX_FUNCTION_LINES, f"{path}: {node.name}")

    def test_what_is_public_has_a_docstring(self):
        for path in MODULES:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            self.assertTrue(ast.get_docstring(tree), path)
            for node in get_public(tree):
                self.assertTrue(ast.get_docstring(node), f"{path}: {node.name}")


@unittest.skipUnless(tomllib, "Python 3.10 reads no TOML")
class TestMetadata(unittest.TestCase):
    def setUp(self):
        with (CLIENT / "pyproject.toml").open("rb") as stream:
            content = tomllib.load(stream)
        self.project, self.setuptools = content["project"], content["tool"]["setuptools"]

    def test_nothing_else_is_needed(self):
        self.assertEqual(self.project["name"], "customer-value-client")
        self.assertEqual(self.project["dependencies"], [])
        self.assertNotIn("optional-dependencies", self.project)
        self.assertNotIn("dynamic", self.project)
        self.assertEqual(self.project["requires-python"], ">=3.10")
        self.assertTrue((CLIENT / self.project["readme"]).is_file())

    def test_the_command_exists(self):
        for target in self.project["scripts"].values():
            module, name = target.split(":")
            self.assertTrue(callable(getattr(importlib.import_module(module), name)))

    def test_every_folder_and_data_file_is_packed(self):
        self.assertEqual(self.setuptools["package-dir"], {"client": "."})
        folders = {".".join(path.parent.relative_to(ROOT).parts) for path in MODULES}
        self.assertEqual(set(self.setuptools["packages"]), folders)
        packed = {
            CLIENT.joinpath(*package.split(".")[1:], name)
            for package, names in self.setuptools["package-data"].items()
            for name in names
        }
        self.assertEqual(packed, set(CLIENT.rglob("*.json")) - set(CLIENT.glob("build/**/*")))


def is_client(name):
    """Whether a module is part of the client."""
    return name == "client" or name.startswith("client.")


def get_public(tree):
    """Yield public classes and functions of a module, and public methods of its classes."""
    for node in tree.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from get_public(node)


if __name__ == "__main__":
    unittest.main()
