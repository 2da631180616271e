"""Each `sudo()` is a decision, so their number in each file changes in a review only."""

import ast

from . import frozen, sources

KNOWN_SUDO = frozen.Counts("sudo.txt", "sudo()")


def sudo(names):
    """Files with more or fewer calls of `sudo()` than noted."""
    return KNOWN_SUDO.complaints(count_sudo(names))


def count_sudo(names):
    """Return {path: the `path:line` of each call that takes the rights of the superuser}."""
    calls = {}
    for name in sources.select(names, ".py", outside=("tests/",)):
        for node in ast.walk(sources.tree(name)):
            if _is_sudo(node):
                calls.setdefault(name, []).append(f"{name}:{node.lineno}")
    return calls


def bypass(names):
    """Fields that let everybody search the columns of another model, whatever their rights."""
    return [
        f"{name}:{node.value.lineno}: bypass_search_access opens every column of the linked model"
        for name in sources.select(names, ".py", inside=["models/", "wizards/", "reports/"])
        for node in ast.walk(sources.tree(name))
        if isinstance(node, ast.keyword) and node.arg == "bypass_search_access"
    ]


def _is_sudo(node):
    """`sudo(False)` gives the rights back."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "sudo"
        and not any(isinstance(value, ast.Constant) and not value.value for value in node.args)
    )
