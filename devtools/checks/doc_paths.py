"""What the documentation names is there: paths between backticks, in links and in code blocks."""

import posixpath
import re
from pathlib import Path, PurePosixPath

from . import sources

DOCUMENTS = ("README.md", "CONTRIBUTING.md", "client/README.md")
# In a block, only what starts with a folder of the project is a path; a worked diff (```diff)
# may add files that are not there.
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
WORDS = re.compile(r"[\w./*<>-]+")
QUOTED = re.compile(r"`([^`\n]+)`|\]\(([^)\s#]+)[^)\n]*\)")
PATH = re.compile(r"[\w.*<>-]+(?:/[\w.*<>-]+)*/?(?=$|:\d+$|::\w)")
ENDINGS = (".py", ".md", ".xml", ".js", ".scss", ".css", ".toml", ".yaml")  # even without a folder


def doc_paths(names):
    """Paths that the documentation names and that are not there."""
    known = _entries(names)
    found = []
    for document in names:
        if document in DOCUMENTS or (document.startswith("docs/") and document.endswith(".md")):
            for path, line in named_paths(sources.text(document), known):
                if not _is_there(path, document, known):
                    found.append(f"{document}:{line}: there is no {path}")
    return found


def _entries(names):
    """Return all files and folders."""
    folders = {str(parent) for name in names for parent in PurePosixPath(name).parents}
    return {*names, *folders} - {"."}


def named_paths(text, known):
    """Yield (path, line) of what reads like a path of the project."""
    tops = {entry.split("/")[0] for entry in known}
    blocks = list(BLOCK.finditer(text))
    for block in blocks:
        words = WORDS.finditer(block.group(2)) if block.group(1) != "diff" else ()
        for word in words:
            path = word.group().rstrip(".")
            if "/" in path and path.split("/")[0] in tops:
                yield path, _line(text, block.start(2) + word.start())
    for quoted in QUOTED.finditer(_without(text, blocks)):
        match = PATH.match(quoted.group(1) or quoted.group(2))
        if match and (quoted.group(2) or _is_path(match.group(), tops)):
            yield match.group(), _line(text, quoted.start())


def _without(text, blocks):
    """Blank the blocks, keeping every position."""
    for block in blocks:
        blank = re.sub(r"[^\n]", " ", block.group())
        text = text[: block.start()] + blank + text[block.end() :]
    return text


def _line(text, position):
    return text.count("\n", 0, position) + 1


def _is_path(text, tops):
    stem = Path(text).stem
    if "/" not in text:  # the ending alone (`.py`) is no file
        return text.endswith(ENDINGS) and stem not in ("", text)
    return text.split("/")[0] in tops


def _is_there(path, document, known):
    """Look from the root, from the folder of the document, and, for a bare name, everywhere."""
    places = [path, posixpath.join(posixpath.dirname(document), path)]
    if "/" not in path:  # `_topic.py` goes on from the name before it
        places.append(f"**/*{path}" if path.startswith("_") else f"**/{path}")
    wanted = re.compile("|".join(_pattern(posixpath.normpath(place)) for place in places))
    return any(wanted.fullmatch(entry) for entry in known)


def _pattern(path):
    pattern = re.escape(path).replace(r"\*\*/", "(?:.*/)?")
    return re.sub(r"<[^>/]*>|\\\*", "[^/]*", pattern)
