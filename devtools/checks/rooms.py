"""A room uses those before it, never those after.

Imports and inheritance have no exception. Fields that point to a model of a later room, and models
taken from the environment by name, are counted in ``known_uses.txt``: what is there is known, a new
one is a fault, and so is a line that is no longer true.
"""

import ast
from pathlib import Path

from . import frozen, model_classes, sources

ROOMS = (
    "guard",
    "gate",
    "base",
    "calendar",
    "profile",
    "cost",
    "refresh",
    "loyalty",
    "points",
    "interaction",
    "timeline",
    "satisfaction",
    "prediction",
    "recommendation",
    "leaving",
    "forecast",
    "feedback",
    "complaint",
    "resolution",
    "service_standard",
    "telephony",
    "outreach",
    "interview",
    "play",
    "account_plan",
    "acquisition",
    "board",
    "desk",
    "prints",
    "api",
    "privacy",
)
KNOWN_USES = frozen.Counts("known_uses.txt", "use of a later room")


def room_of(path):
    """Return the room of a file of models/, else None."""
    parts = Path(path).parts
    return parts[1] if len(parts) > 2 and parts[0] == "models" and parts[1] in ROOMS else None


def in_rooms(names):
    """Return the Python files that lie in a room."""
    return [name for name in sources.select(names, ".py", inside=["models/"]) if room_of(name)]


def rooms(names):
    """Rooms that use a later one."""
    files = in_rooms(names)
    homes = _homes(files)
    found = [line for name in files for line in _imports(name) + _inherits(name, homes)]
    return found + KNOWN_USES.complaints(_uses(files, homes))


def count_uses(names):
    """Return {`room/file.py -> model`: lines} of the uses of later rooms."""
    files = in_rooms(names)
    return _uses(files, _homes(files))


def _homes(files):
    return {
        model.model: room_of(name)
        for name in files
        for model in model_classes.read(name)
        if model.is_home
    }


def _is_later(room, other):
    return other is not None and ROOMS.index(other) > ROOMS.index(room)


def _imports(name):
    room = room_of(name)
    return [
        f"{name}:{line}: {room} imports from {other}, a later room"
        for other, line in _imported_rooms(name)
        if _is_later(room, other)
    ]


def _imported_rooms(name):
    package = Path(name).parent.parts
    for node in ast.walk(sources.tree(name)):
        if isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            target = [*start, *(node.module or "").split(".")]
            if "models" in target:  # also odoo.addons.customer_value.models
                path = "/".join(target[target.index("models") :]).rstrip("/")
                for alias in node.names:
                    yield room_of(f"{path}/{alias.name}/x"), node.lineno


def _inherits(name, homes):
    room = room_of(name)
    return [
        f"{name}:{model.line}: {room} extends {base} of {homes[base]}, a later room"
        for model in model_classes.read(name)
        for base in (model.model, *model.bases)
        if _is_later(room, homes.get(base))
    ]


def _uses(files, homes):
    uses = {}
    for name in files:
        short = name.removeprefix("models/")
        for model, line in [*model_classes.comodels(name), *model_classes.env_models(name)]:
            if _is_later(room_of(name), homes.get(model)):
                uses.setdefault(f"{short} -> {model}", []).append(f"{name}:{line}")
    return uses
