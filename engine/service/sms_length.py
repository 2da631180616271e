"""How many parts a text message takes: what is paid for, and what telephones put together again.

GSM 03.38 and 3GPP TS 23.040: 160 septets in one message, 153 in each of several; with any other
sign all of it is UCS-2, 70 and 67 units of 16 bits. A sign is never torn apart.
"""

from typing import NamedTuple

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each of them is written as two: an escape and a sign.
GSM_EXTENDED = frozenset("\f^{}\\[~]|€")
GSM_LIMITS, UCS2_LIMITS = (160, 153), (70, 67)


class SmsLength(NamedTuple):
    """``encoding`` is ``gsm7`` or ``ucs2``; ``units`` are septets or units of 16 bits."""

    encoding: str
    units: int
    parts: int


def measure_sms(text):
    """Return the :class:`SmsLength` of a text; nothing takes no part."""
    is_gsm = all(sign in GSM_BASIC or sign in GSM_EXTENDED for sign in text)
    width = _get_septets if is_gsm else _get_code_units
    widths = [width(sign) for sign in text]
    single, joined = GSM_LIMITS if is_gsm else UCS2_LIMITS
    units = sum(widths)
    parts = min(units, 1) if units <= single else _count_parts(widths, joined)
    return SmsLength("gsm7" if is_gsm else "ucs2", units, parts)


def _count_parts(widths, room):
    parts, filled = 1, 0
    for width in widths:
        if filled + width > room:
            parts, filled = parts + 1, 0
        filled += width
    return parts


def _get_septets(sign):
    return 2 if sign in GSM_EXTENDED else 1


def _get_code_units(sign):
    return 2 if ord(sign) > 0xFFFF else 1
