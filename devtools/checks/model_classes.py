"""What Odoo classes of a file say: model, home or extension, methods, fields, other models used."""

import ast
import dataclasses

from . import sources

COMODEL_FIELDS = ("Many2one", "One2many", "Many2many")
# What a class says of itself: two parts of one model may both say it.
HEADER = ("_name", "_inherit", "_inherits", "_description")


@dataclasses.dataclass(frozen=True)
class ModelClass:
    """One class of an Odoo model."""

    path: str
    line: int
    model: str  # the model it speaks of
    is_home: bool  # it makes the model, rather than extending one
    bases: tuple  # models it inherits from, without itself
    members: tuple  # (name, line) of methods, fields and other attributes


def read(path):
    """Return the Odoo classes of a file, in its order."""
    found = (
        _model_class(path, node)
        for node in sources.tree(path).body
        if isinstance(node, ast.ClassDef)
    )
    return [model for model in found if model]


def _model_class(path, node):
    header = _header(node)
    inherited = header.get("_inherit") or ()
    inherited = (inherited,) if isinstance(inherited, str) else tuple(inherited)
    model = header.get("_name") or (inherited[0] if inherited else None)
    if not model:
        return None
    bases = {*inherited, *header.get("_inherits", {})} - {model}
    is_home = "_name" in header and model not in inherited
    return ModelClass(path, node.lineno, model, is_home, tuple(sorted(bases)), _members(node))


def _header(node):
    header = {}
    for statement in node.body:
        for name in _assigned(statement):
            if name in HEADER:
                header[name] = ast.literal_eval(statement.value)
    return header


def _assigned(statement):
    if isinstance(statement, ast.Assign):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return [statement.target.id]
    return []


def _members(node):
    members = []
    for statement in node.body:
        names = _assigned(statement)
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            names = [statement.name]
        members += [(name, statement.lineno) for name in names if name not in HEADER]
    return tuple(members)


def comodels(path):
    """Yield (model, line) of the models that relational fields of a file point to."""
    for node in ast.walk(sources.tree(path)):
        if _is_relational(node):
            named = [word.value for word in node.keywords if word.arg == "comodel_name"]
            for value in [*named, *node.args][:1]:
                if isinstance(value, ast.Constant):
                    yield value.value, node.lineno


def _is_relational(node):
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in COMODEL_FIELDS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "fields"
    )


def env_models(path):
    """Yield (model, line) of the models a file takes from an environment by name."""
    for node in ast.walk(sources.tree(path)):
        if isinstance(node, ast.Subscript):
            env, key = node.value, node.slice
        elif _is_get(node):
            env, key = node.func.value, node.args[0]
        else:
            continue
        name = getattr(env, "attr", None) or getattr(env, "id", None)
        if name == "env" and isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value, node.lineno


def _is_get(node):
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "get"
        and bool(node.args)
    )
