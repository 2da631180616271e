"""Names of months and days of the week, as dates are written with them."""

from __future__ import annotations

from .signs import ARABIC_TO_PERSIAN

JALALI, GREGORIAN = "jalali", "gregorian"
# A line is a way of naming the twelve months; a name may have several spellings.
JALALI_NAMES = (
    "فروردین اردیبهشت خرداد تیر مرداد|امرداد شهریور مهر آبان|ابان آذر|اذر دی بهمن اسفند",
    "حمل ثور جوزا سرطان اسد سنبله میزان عقرب قوس جدی دلو حوت",
    "farvardin ordibehesht khordad tir mordad|amordad shahrivar mehr aban azar dey|dei bahman "
    "esfand",
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
    "پنج ماه سال مورخ".split()
)


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
    return MONTHS.get(word.casefold().translate(ARABIC_TO_PERSIAN))


def is_filler(word: str) -> bool:
    """Whether the word names a day of the week, or says nothing at all."""
    return word.casefold().translate(ARABIC_TO_PERSIAN) in FILLERS
