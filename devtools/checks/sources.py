"""Reading the project's files: names by ending, text, syntax tree."""

import ast
import functools
from pathlib import Path

from .. import paths


def select(names, *endings, inside=(), outside=()):
    """Return the names with one of the endings, below one of the folders, below none of others."""
    return [
        name
        for name in names
        if name.endswith(endings)
        and (not inside or name.startswith(tuple(inside)))
        and not name.startswith(tuple(outside))
    ]


def text(name, root=None):
    """Return the text of a file of the project."""
    return Path(root or paths.ROOT, name).read_text(encoding="utf-8", errors="replace")


def tree(name):
    """Return the syntax tree of a Python file of the project; read only."""
    return _parsed(text(name))


@functools.lru_cache(maxsize=1024)
def _parsed(code):
    return ast.parse(code)


def functions(node, prefix="", nested=True):
    """Yield (qualified name, node) of the functions below a node.

    :param nested: also those inside other functions.
    """
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield prefix + child.name, child
            if not nested:
                continue
        is_scope = isinstance(child, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        inner = f"{prefix}{child.name}." if is_scope else prefix
        yield from functions(child, inner, nested)
