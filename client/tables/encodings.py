"""Which encoding a text file has: told by its first bytes, else guessed by its letters."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

CHUNK = 1 << 20
ENOUGH = 1 << 21  # bytes of lines that are not ASCII: more tells nothing new
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
PERSIAN, WESTERN = "cp1256", "cp1252"
NAMES = {
    "ascii": "UTF-8",
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    PERSIAN: "Windows-1256 (Persian, Arabic)",
    WESTERN: "Windows-1252 (Western Europe)",
}
WORD = re.compile(r"[^\W\d_]+")
ARABIC = re.compile("[\u0621-\u064a\u0670-\u06d3]")
# They make up two thirds of any Persian or Arabic text; of other text that happens to decode as
# Arabic letters (Russian, Greek), hardly a quarter.
FREQUENT = frozenset("اليینمورهدت")
MIN_FREQUENT, MIN_FREQUENT_FEW, FEW = 0.45, 0.3, 30
NO_TEXT = "it is no text file"
CONTROL = bytes({*range(1, 9), *range(14, 27), *range(28, 32)})  # more than a few: no text
NEAR = re.compile("[\t\r\n -\u024f\u0370-\u06ff\u2000-\u20cf\ufb50-\ufeff]")
MOST_ZEROS = 16  # what a faulty program leaves in a small file
MOST_FOREIGN = 0.1  # words of both scripts: there are none in Persian text


@dataclass(frozen=True)
class Encoding:
    """An encoding and how sure it is.

    :param errors: what Python does with bytes it does not have: ``strict`` or ``replace``
    :param note: what to tell the user, empty when nothing was guessed
    """

    name: str
    errors: str = "strict"
    note: str = ""

    @property
    def label(self) -> str:
        """Its name as people know it."""
        return NAMES.get(codecs.lookup(self.name).name.replace("_", "-"), self.name)


def find_encoding(open_file: Callable[[], BinaryIO]) -> Encoding:
    """Look at a whole file: its mark, whether it is UTF-8, else the letters it holds.

    :raises OSError, EOFError: it cannot be read
    :raises ValueError: it holds no text at all
    """
    with open_file() as stream:
        start = stream.read(CHUNK)
        for mark, name in MARKS:
            if start.startswith(mark):
                return Encoding(name)
        wide = _find_wide(start)
        if wide:
            return Encoding(wide, note="UTF-16 without its mark, found by its zero bytes")
        if len(start) - len(start.translate(None, CONTROL)) > len(start) // 20:
            raise ValueError(NO_TEXT)
        return _find_narrow(stream, start)


def _find_wide(start: bytes) -> str:
    """UTF-16 without a mark: every second byte of what is ASCII in it is zero."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) * 10 < len(start) // 2 or min(even, odd) * 20 > max(even, odd):
        return ""
    name = "utf-16-be" if even > odd else "utf-16-le"
    text = start[: len(start) // 2 * 2].decode(name, "replace")
    return name if len(NEAR.findall(text)) > 0.9 * len(text) else ""


def _find_narrow(stream: BinaryIO, start: bytes) -> Encoding:
    """UTF-8, or one of the two families of one byte for each letter."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    letters = lost = zeros = length = lines_read = first_lost = 0
    sample, rest = bytearray(), b""
    chunk = start
    while chunk:
        text = decoder.decode(chunk)
        if not text.isascii():
            if not first_lost and "\ufffd" in text:
                first_lost = 1 + lines_read + text.count("\n", 0, text.index("\ufffd"))
            lost += text.count("\ufffd")
            letters += len(text) - len(text.encode("ascii", "ignore"))
        lines_read += text.count("\n")
        zeros += chunk.count(0)
        length += len(chunk)
        lines = (rest + chunk).split(b"\n")
        rest = lines.pop()[-CHUNK:]
        if len(sample) < ENOUGH:
            sample += b"\n".join(line for line in lines if not line.isascii())
        chunk = stream.read(CHUNK)
    if decoder.decode(b"", final=True):
        lost, letters = lost + 1, letters + 1
        first_lost = first_lost or 1 + lines_read
    if zeros > MOST_ZEROS + length // 20:
        raise ValueError(NO_TEXT)
    note = f"{zeros:,} zero bytes were left out" if zeros else ""
    if not lost:
        return Encoding("utf-8", note=note)
    guess = _by_letters(bytes(sample + b"\n" + rest), note)
    # Letters of several bytes hardly come about by chance, but for some ends of Persian words.
    sound = letters - lost
    if sound > lost or (sound == lost and guess.name == WESTERN):
        lost_note = (
            f"{lost:,} places are no UTF-8 and were replaced by \ufffd, the first one in line "
            f"{first_lost:,}"
        )
        return Encoding("utf-8", "replace", "; ".join(filter(None, (lost_note, note))))
    return guess


def _by_letters(sample: bytes, note: str) -> Encoding:
    """Persian and Arabic by their letters, else Western Europe."""
    counts: Counter[str] = Counter()
    frequent: Counter[bool] = Counter()
    for word in WORD.findall(sample.decode(PERSIAN, "replace")):
        if word.isascii():
            continue
        arabic = ARABIC.findall(word)
        kind = "foreign" if 0 < len(arabic) < len(word.replace("ـ", "")) else "other"
        counts["arabic" if len(arabic) == len(word) > 1 else kind] += 1
        if len(arabic) == len(word):
            frequent.update(letter in FREQUENT for letter in arabic)
    total = frequent.total()
    wanted = MIN_FREQUENT if total >= FEW else MIN_FREQUENT_FEW
    is_persian = counts["arabic"] and counts["foreign"] <= MOST_FOREIGN * counts["arabic"]
    if is_persian and frequent[True] >= wanted * total:
        guess, found = (
            PERSIAN,
            f"found by its letters ({counts['arabic']:,} Persian or Arabic words)",
        )
    else:
        guess, found = WESTERN, "neither UTF-8 nor Persian by its letters"
    text = f"{NAMES[guess]}, {found}: say the encoding if names look wrong"
    return Encoding(guess, "replace", "; ".join(filter(None, (text, note))))
