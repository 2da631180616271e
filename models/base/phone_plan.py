"""What a country's numbering plan says of digits (see ``engine/service/phone_field.py``)."""

from functools import lru_cache

from odoo.addons.phone_validation.tools import phone_validation
from odoo.exceptions import UserError

from ...engine import service

try:
    import phonenumbers
except ImportError:  # Odoo does without it, too
    phonenumbers = None

MIN_DIGITS, MAX_DIGITS = 5, 18
# Without the library: the digits after the country code and the 0.
MIN_NATIONAL_DIGITS, MAX_NATIONAL_DIGITS = 9, 10
# Italy dials the 0 from abroad, too.
KEEP_ZERO = (39, 378, 379)


class PhonePlan:
    """Reads numbers as they are dialled in one country, or anywhere if there is none.

    With the library *phonenumbers*, which Odoo recommends, by the rules of all countries; without
    it by the country code and the usual length of numbers.
    """

    def __init__(self, country):
        self.code = country.code or ""
        self.prefix = country.phone_code or 0

    def complete(self, text):
        """Return the number in E.164 if digits are one as dialled in the country, else ``""``.

        From abroad it begins with + or 00, or with the code of the country itself.
        """
        number = self.guess(text)
        own = f"+{self.prefix}"
        return number if number.startswith(own) or text.startswith(("+", "0")) else ""

    def guess(self, text):
        """Return the number in E.164 of a text, be it of another country without + or 00."""
        if text.startswith("00"):
            text = f"+{text[2:]}"
        if not MIN_DIGITS <= sum(sign.isalnum() for sign in text) <= MAX_DIGITS:
            return ""
        if text.rfind("+") > 0:
            return ""
        if phonenumbers:
            return _parse(text, self.code)
        return self._guess_alone(text)

    def _guess_alone(self, text):
        digits = "".join(sign for sign in text if sign.isdecimal())
        own = str(self.prefix or "")
        if text.startswith("+") and not (own and digits.startswith(own)):
            return f"+{digits}" if len(digits) >= MIN_NATIONAL_DIGITS else ""
        longest = MAX_NATIONAL_DIGITS + len(own)
        if text.startswith("+") or (len(digits) == longest and digits.startswith(own)):
            digits = digits[len(own) :]
        if self.prefix not in KEEP_ZERO:
            digits = digits.removeprefix("0")
        is_whole = MIN_NATIONAL_DIGITS <= len(digits) <= MAX_NATIONAL_DIGITS
        return f"+{own}{digits}" if own and is_whole else ""

    def subscriber(self, number):
        """Return what follows the area code of a number in E.164, ``""`` if it has none."""
        return _get_subscriber(number) if phonenumbers and number.startswith("+") else ""

    def area(self, code):
        """Return how numbers of an area begin in E.164, ``""`` if it is not known.

        :param str code: area code as dialled, with or without the 0 or the country code
        """
        digits = "".join(sign for sign in code if sign.isdecimal())
        if not digits or not self.prefix:
            return ""
        if code.strip().startswith(("+", "00")):
            return f"+{digits.removeprefix('00')}"
        keeps_zero = self.prefix in KEEP_ZERO
        return f"+{self.prefix}{digits if keeps_zero else digits.lstrip('0')}"


@lru_cache(maxsize=8192)
def _parse(text, country_code):
    """The reading takes a tenth of a millisecond, and fields are read again and again."""
    try:
        number = phone_validation.phone_parse(text, country_code)
    except UserError:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=8192)
def _get_subscriber(number):
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return ""
    size = phonenumbers.length_of_geographical_area_code(parsed)
    return phonenumbers.national_significant_number(parsed)[size:] if size else ""


@lru_cache(maxsize=8192)
def can_receive_sms(number):
    """Whether a number in E.164 may belong to a mobile phone; without the library, any may."""
    if not phonenumbers:
        return True
    try:
        kind = phonenumbers.number_type(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return False
    kinds = phonenumbers.PhoneNumberType
    return kind not in (kinds.FIXED_LINE, kinds.TOLL_FREE, kinds.PREMIUM_RATE, kinds.UAN)


class CallerReader:
    """Reads callers' numbers as they are dialled in one company.

    :param plan: numbering plan of its country
    :param area: how numbers of its own area begin in E.164, ``""`` if unknown
    :param prefixes: what its switchboard puts before numbers
    """

    def __init__(self, plan, area, prefixes):
        self.plan = plan
        self.area = area
        self.prefixes = prefixes

    def find(self, text):
        """Return the numbers of a text, usually one; none for withheld and other non-numbers.

        :return: list of :class:`PhoneNumber`
        """
        found = []
        shown = service.unwrap_phone_number(text)
        for reading in service.strip_phone_prefixes(shown, self.prefixes):
            number = self._complete(reading)
            if number:
                return [service.PhoneNumber(number)]
            numbers = service.read_phone_numbers(reading, self.plan)
            if any(one.number.startswith("+") for one in numbers):
                return numbers
            found = found or numbers
        return found

    def get_keys(self, text):
        """Return (numbers a text may stand for, local numbers if none of these is known).

        In the company's own area a number is the same with and without area code; where the area
        is not known, local numbers may be of any.
        """
        whole, local = set(), set()
        for found in self.find(text):
            whole.add(found.number)
            if self.area and found.number.startswith(self.area):
                whole.add(found.number.removeprefix(self.area))
            elif not self.area and len(found.number) <= service.MAX_LOCAL_DIGITS:
                local.add(found.number)
        return whole, local

    def show(self, text):
        """Return a text as a number people can dial, or as it came in if it is none."""
        found = self.find(text)
        return found[0].number if found else (text or "")

    def _complete(self, text):
        """Return a number without area code as one of the own area, ``""`` if it is none."""
        digits = "".join(sign for sign in text if sign.isdecimal())
        is_local = service.MIN_NUMBER_DIGITS <= len(digits) <= service.MAX_LOCAL_DIGITS
        if not self.area or not is_local or text.startswith(("+", "0")):
            return ""
        return "" if any(map(str.isalpha, text)) else self.plan.complete(f"{self.area}{digits}")
