"""XML is well-formed and stepped by four spaces.

Prettier would do more, but not for us: it breaks between elements where nothing stood, and so puts
blanks into links, table cells and headings of templates and mails, changes the terms translators
have translated, and spreads the attributes of most fields over a line each (a third more lines).
"""

import re
from xml.parsers import expat

from . import sources

STEP = 4
UNTIDY = re.compile(r"\t|\s$")
# What is written in here is sent as it stands: its first line starts where it wants.
FREE_FIELDS = ("body_html", "arch_db", "body")


def xml_format(names):
    """XML that is not well-formed, wrongly indented, or has tabs or blanks at the end of a line."""
    found = []
    for name in sources.select(names, ".xml", outside=("static/lib/",)):
        found += [f"{name}:{line}: {what}" for line, what in sorted(_Reader(name).read())]
    return found


class _Reader:
    def __init__(self, name):
        self.text = sources.text(name)
        self.lines = self.text.splitlines()
        self.depth = 0
        self.free_depth = None  # inside a free field: how deep it is
        self.found = []

    def read(self):
        parser = self.parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CommentHandler = lambda _text: self._check_indentation()
        try:
            parser.Parse(self.text.encode(), True)
        except expat.ExpatError as problem:
            self.found.append((problem.lineno, str(problem)))
        for number, line in enumerate(self.lines, 1):
            if UNTIDY.search(line):
                self.found.append((number, "a tab, or blanks at the end of the line"))
        if not self.text.endswith("\n") or self.text.endswith("\n\n"):
            self.found.append((len(self.lines), "a file ends with one line break"))
        return self.found

    def _start(self, tag, attributes):
        self._check_indentation()
        if tag == "field" and attributes.get("name") in FREE_FIELDS and self.free_depth is None:
            self.free_depth = self.depth
        self.depth += 1

    def _end(self, _tag):
        self.depth -= 1
        if self.free_depth == self.depth:
            self.free_depth = None
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber
        if self.lines[line - 1].startswith("</", column):
            self._check_indentation()

    def _check_indentation(self):
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber
        is_first = not self.lines[line - 1][:column].strip()
        if is_first and self.free_depth is None and column != STEP * self.depth:
            self.found.append((line, f"{column} spaces, not {STEP * self.depth}"))
