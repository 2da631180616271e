"""Text as exports hold it, cleaned. Pure functions."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

from ..values import ascii_digits, heading

# Arabic letters that Persian keyboards and old programs put in the place of Persian ones.
PERSIAN_LETTERS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک"})
ARABIC_LETTERS = str.maketrans({"ی": "ي", "ک": "ك"})
STRETCH = "\u0640"  # draws a word out, says nothing
# Marks of direction: invisible, left over from copying, and fatal to every comparison.
INVISIBLE = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\x00-\x08\x0b\x0c\x0e-\x1f]")
# This family of programs stores quotes and angle brackets coded, and exports them so.
CODED = re.compile(r"&(?:amp|lt|gt|quot|#0?39);")
# SuiteCRM puts an apostrophe before what a spreadsheet would take for a formula.
SHIELDED = re.compile(r"^'(?=[=+\-@])")
TAGS = re.compile(r"</?(p|br|div|html|body|table|td|span|ul|li|b|strong|a|font)\b[^>]*>", re.I)
BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "table", "ul", "ol"})
HIDDEN = frozenset({"style", "script", "title"})


def clean(cell: str) -> str:
    """A cell without surrounding space, invisible marks, SuiteCRM's shield and coded signs."""
    text = SHIELDED.sub("", INVISIBLE.sub("", cell).strip())
    return CODED.sub(lambda match: html.unescape(match[0]), text)


def name_text(text: str) -> str:
    """A name in one line, with Persian ی and ک for the Arabic letters."""
    return " ".join(text.translate(PERSIAN_LETTERS).split())


def spellings(text: str) -> set[str]:
    """A name as Odoo may hold it: as it is, in Persian letters, in Arabic ones."""
    name = name_text(text)
    return {text, name, name.translate(ARABIC_LETTERS)}


def phone_text(text: str) -> str:
    """A phone number with digits 0-9."""
    return ascii_digits(text)


def key_text(text: str) -> str:
    """What is left of a text for comparing: Persian letters, digits 0-9, no case, no signs."""
    return heading(ascii_digits(text.translate(PERSIAN_LETTERS)).replace(STRETCH, ""))


def currency_key(text: str) -> str:
    """The same for the name or code of a currency; a bare sign is itself."""
    return key_text(text) or text


def html_text(text: str) -> str:
    """Plain text as HTML that shows it unchanged."""
    return html.escape(text, quote=False).replace("\r\n", "\n").replace("\n", "<br>")


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
