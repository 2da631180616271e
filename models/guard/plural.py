"""Words that follow a number: one has a form of its own in English and its like."""

from .digits import write_digits


def count_days(env, number):
    """Return "1 day", "5 days" in the reader's language; ``number``: days, a whole number."""
    return (
        env._("1 day") if number == 1 else env._("%(count)s days", count=write_digits(env, number))
    )


def count_lines(env, number):
    """Return "1 line", "5 lines" (of a document) in the reader's language."""
    return (
        env._("1 line")
        if number == 1
        else env._("%(count)s lines", count=write_digits(env, number))
    )


def count_purchases(env, number):
    """Return "1 purchase", "5 purchases" in the reader's language."""
    return (
        env._("1 purchase")
        if number == 1
        else env._("%(count)s purchases", count=write_digits(env, number))
    )
