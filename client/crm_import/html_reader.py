"""The text of an HTML body."""

from __future__ import annotations

import re
from html.parser import HTMLParser

TAGS = re.compile(r"</?(p|br|div|html|body|table|td|span|ul|li|b|strong|a|font)\b[^>]*>", re.I)
BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "table", "ul", "ol"})
HIDDEN = frozenset({"style", "script", "title"})


class HtmlReader(HTMLParser):
    """Collects what a reader would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._hidden = 0

    @classmethod
    def text_of(cls, text: str) -> str:
        """The text without markup; a text that has none comes back unchanged."""
        if not TAGS.search(text):
            return text
        reader = cls()
        reader.feed(text)
        reader.close()
        lines = [" ".join(line.split()) for line in "".join(reader._parts).split("\n")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Lines end where blocks begin."""
        if tag in HIDDEN:
            self._hidden += 1
        elif tag in BREAKS:
            self._parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Hidden parts end, blocks end the line."""
        if tag in HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in BREAKS and tag != "br":
            self._parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Text between tags; its own line breaks mean nothing."""
        if not self._hidden:
            self._parts.append(" ".join(re.split(r"\s", data)))
