"""What the user can mend about the file or the options."""


class BadInput(Exception):
    """The text is one clear sentence that says what is wrong and what to do."""
