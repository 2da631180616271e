"""Reads the numbers that telephone systems, gateways and programs tell a company."""

from ...engine import service


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
