"""The rooms of the engine: their order, their front doors, and what they may import."""

import ast
import importlib
import sys
from pathlib import Path

import pytest

from odoo.addons.customer_value import engine

ENGINE = Path(__file__).parents[3] / "engine"
# As the docstring of the engine has them: a room uses only those before it.
ROOMS = (
    "numerics",
    "standing",
    "prediction",
    "backtest",
    "recommendation",
    "forecast",
    "payment",
    "lifetime_value",
    "satisfaction",
    "service",
)


def read_imports(path):
    """(dots, module, names) of every import of a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.level, node.module or "", tuple(alias.name for alias in node.names)


def test_every_folder_is_a_room_that_the_docstring_names():
    folders = {path.name for path in ENGINE.iterdir() if path.is_dir() and path.name[0] not in "._"}
    assert folders == set(ROOMS)
    places = [engine.__doc__.index(f"\n``{room}``") for room in ROOMS]
    assert places == sorted(places)


@pytest.mark.parametrize("room", ROOMS)
def test_front_door_exports_what_it_says(room):
    door = importlib.import_module(f"{engine.__name__}.{room}")
    assert door.__doc__ and door.__all__
    assert [name for name in door.__all__ if not hasattr(door, name)] == []


@pytest.mark.parametrize("room", ROOMS)
def test_room_imports_only_lower_rooms_through_their_front_doors(room):
    lower = ROOMS[: ROOMS.index(room)]
    for path in (ENGINE / room).glob("*.py"):
        for dots, module, names in read_imports(path):
            if dots == 2:
                assert set([module] if module else names) <= set(lower), (path, module, names)
            elif not dots:
                top = module.split(".")[0]
                assert top == "numpy" or top in sys.stdlib_module_names, (path, module)
            else:
                assert dots == 1, (path, module)


def test_service_needs_no_numpy():
    for path in (ENGINE / "service").glob("*.py"):
        assert not any(module.startswith("numpy") for _dots, module, _names in read_imports(path))
