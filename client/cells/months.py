"""Names of months and days of the week, as dates are written with them."""

from __future__ import annotations

import re

from .signs import ARABIC_TO_PERSIAN

JALALI, GREGORIAN = "jalali", "gregorian"
# A line is a way of naming the twelve months; a name may have several spellings.
JALALI_NAMES = (
    "فروردین اردیبهشت خرداد تیر مرداد|امرداد شهریور مهر آبان|ابان آذر|اذر دی بهمن اسفند",
    "حمل ثور جوزا سرطان اسد سنبله میزان عقرب قوس جدی دلو حوت",
    "farvardin ordibehesht|ordibehsht khordad tir mordad|amordad shahrivar mehr aban azar "
    "dey|dei bahman esfand",
)
GREGORIAN_NAMES = (
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sep|sept oct nov dec",
    "januar|jänner februar märz april mai juni juli august september oktober november dezember",
    "jan feb mär|mrz apr mai jun jul aug sep okt nov dez",
    "janvier février|fevrier mars avril mai juin juillet août|aout septembre octobre novembre "
    "décembre|decembre",
    "ژانویه فوریه مارس آوریل|اوریل مه|می ژوئن ژوییه|ژوئیه|جولای اوت|آگوست|اگوست سپتامبر اکتبر "
    "نوامبر دسامبر",
    "ینایر فبرایر مارس ابریل|أبریل مایو یونیو یولیو اغسطس|أغسطس سبتمبر اکتوبر|أکتوبر نوفمبر دیسمبر",
)
# What may stand in a date and says nothing more about it.
FILLERS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri "
    "sat sun of the de شنبه یکشنبه دوشنبه سهشنبه چهارشنبه پنجشنبه پنجشنبه جمعه آدینه یک دو سه چهار "
    "پنج ماه سال مورخ تاریخ روز در".split()
)
# The calendar beside a date, in short or in full.
ERAS = {
    JALALI: r"ه\s*\.?\s*ش|(?:هجری\s*)?(?:شمسی|خورشیدی)|ش|a\.?\s?p|s\.?\s?h",
    GREGORIAN: r"میلادی|م|a\.?\s?d|c\.?\s?e",
    "lunar": r"ه\s*\.?\s*ق|(?:هجری\s*)?قمری|ق|a\.?\s?h",
}
ERA = "|".join(f"(?P<{name}>{words})" for name, words in ERAS.items())
NAMED = rf"\(?(?:{ERA})\s*\.?\)?"
ERA_BEHIND = re.compile(rf"(?P<day>.*\d)\s*{NAMED}(?P<clock>[\s,،].*\d:\d.*)?", re.I | re.S)
ERA_BEFORE = re.compile(rf"{NAMED}\s*:?\s*(?P<day>\d.*)", re.I | re.S)
LABEL = re.compile(r"(?:(?:در|به)\s+)?(?:تاریخ|مورخه?|date)\s*:?\s*(?=\d)", re.IGNORECASE)


def _table() -> dict[str, tuple[int, str]]:
    found = {}
    for calendar, ways in ((JALALI, JALALI_NAMES), (GREGORIAN, GREGORIAN_NAMES)):
        for way in ways:
            for number, names in enumerate(way.split(), 1):
                found.update(dict.fromkeys(names.split("|"), (number, calendar)))
    return found


MONTHS = _table()


def month_of(word: str) -> tuple[int, str] | None:
    """Number and calendar of a month by its name, None for any other word."""
    name = word.casefold().translate(ARABIC_TO_PERSIAN)
    return MONTHS.get(name) or MONTHS.get(name.removesuffix("ماه"))


def split_era(text: str) -> tuple[str, str]:
    """A date without the calendar named beside it, and that calendar; empty when none is."""
    text = LABEL.sub("", text, count=1)
    match = ERA_BEHIND.fullmatch(text) or ERA_BEFORE.fullmatch(text)
    if not match:
        return text, ""
    clock = match.groupdict().get("clock") or ""
    return match["day"] + clock, next(name for name in ERAS if match[name])


def is_filler(word: str) -> bool:
    """Whether the word names a day of the week, or says nothing at all."""
    return word.casefold().translate(ARABIC_TO_PERSIAN) in FILLERS
