"""Digits as their reader writes them: a sentence has those of its language."""

PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def write_digits(env, text):
    """Return a text, or a whole number, with the digits of the reader's language."""
    text = str(text)
    return text.translate(PERSIAN_DIGITS) if (env.lang or "").startswith("fa") else text
