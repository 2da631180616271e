"""From signs to groups of digits: where in a text the digits of phone numbers stand."""

import re
from dataclasses import dataclass, replace

from .phone_number import clean_phone_text

# Fewer are extensions, which everybody has.
MIN_NUMBER_DIGITS = 5
# More are no number without an area code.
MAX_LOCAL_DIGITS = 8
BRACKETS = str.maketrans("[]{}…", "()()~")
RANGE_WORD = re.compile(
    r"(?<=\d)\s*(?:تا|الی|الى|الي|\bto\b|\btill\b|\buntil\b|\bbis\b|\.{2,3}|~)\s*(?=[+\d])"
)
EXTENSION = re.compile(
    r"""(?:[;,]\s*)?
        (?P<word>داخلی|داخلي|داخلى|(?<![a-z])(?:extension|extn|ext|intern|int|poste|durchwahl|dw|x)
           |[#*])
        [\s.:=#]*(?P<digits>\d{1,6})(?!\d)""",
    re.VERBOSE,
)
GROUP = re.compile(r"(?:\+\s*)?\d+")
BETWEEN = re.compile(r"[ .\-/()_~]*")


@dataclass(frozen=True)
class Group:
    """Digits without anything between them, perhaps after a +, and the signs around them."""

    before: str
    digits: str
    after: str = ""


@dataclass
class Chunk:
    """Groups that words, commas and lines part from others; ``joint`` is what stands before."""

    joint: str
    groups: list
    extension: str = ""

    @property
    def digits(self):
        """All digits of the chunk, perhaps after a +."""
        return "".join(group.digits for group in self.groups)


def get_chunks(text):
    """Return the :class:`Chunk` of a text, divided where no number can go on."""
    text = clean_phone_text(text).translate(BRACKETS).lower()
    return _divide_text(RANGE_WORD.sub("~", text))


def _divide_text(text):
    """Return the groups of digits of a text, divided where no number can go on."""
    chunks = [Chunk("", [])]
    position, before, is_glued = 0, "", False
    while position < len(text):
        extension = EXTENSION.match(text, position)
        if extension and _take_extension(chunks, extension):
            position, before, is_glued = extension.end(), "", False
            continue
        group = GROUP.match(text, position)
        if group:
            digits = "".join(group[0].split())
            after = BETWEEN.match(text, group.end())[0]
            # "user12345" is a name.
            if not is_glued or len(digits) > MAX_LOCAL_DIGITS:
                chunks[-1].groups.append(Group(before, digits, after))
            position, before, is_glued = group.end() + len(after), after, False
            continue
        sign = text[position]
        is_glued = sign.isascii() and sign.isalpha()
        position += 1
        if BETWEEN.fullmatch(sign):
            before += sign
        elif chunks[-1].groups:
            chunks.append(Chunk(sign, []))
            before = ""
        else:
            chunks[-1].joint += sign
    return [chunk for chunk in chunks if chunk.groups]


def _take_extension(chunks, extension):
    """Note an extension where a number stands before it; return whether it is one."""
    chunk = chunks[-1]
    if len(chunk.digits) >= MIN_NUMBER_DIGITS:
        chunk.extension = extension["digits"]
        chunks.append(Chunk("", []))
        return True
    # Of a number that follows, or one more of the last number.
    return not chunk.groups and (len(extension["word"]) > 1 or _has_extension(chunks))


def _has_extension(chunks):
    return len(chunks) > 1 and bool(chunks[-2].extension)


def join_groups(groups):
    """Return groups in a row as one."""
    return replace(groups[0], digits="".join(group.digits for group in groups))
