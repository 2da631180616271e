"""From the server's exception names and statuses to the errors of this package."""

from __future__ import annotations

from ..errors import (
    AccessDenied,
    AuthenticationFailed,
    ClientError,
    Conflict,
    CursorExpired,
    InvalidInput,
    KeyReused,
    NotFound,
    ServerError,
)

BY_NAME: dict[str, type[ClientError]] = {
    "AccessDenied": AuthenticationFailed,
    "Unauthorized": AuthenticationFailed,
    "AccessError": AccessDenied,
    "Forbidden": AccessDenied,
    "MissingError": NotFound,
    "NotFound": NotFound,
    "UserError": InvalidInput,
    "ValidationError": InvalidInput,
    "RedirectWarning": InvalidInput,
    "UnprocessableEntity": InvalidInput,
    "BadRequest": InvalidInput,
    "InvalidInput": InvalidInput,
    "NotAllowed": AccessDenied,
    "KeyReused": KeyReused,
    "CursorExpired": CursorExpired,
    "SerializationFailure": Conflict,
    "DeadlockDetected": Conflict,
    "LockNotAvailable": Conflict,
    "ConcurrencyError": Conflict,
    "LockError": Conflict,
}

BY_STATUS: dict[int, type[ClientError]] = {
    400: InvalidInput,
    401: AuthenticationFailed,
    403: AccessDenied,
    404: NotFound,
    409: Conflict,
    422: InvalidInput,
}

# XML-RPC tells kinds of errors apart by a number only; these say theirs in the message.
BY_MARK: dict[str, type[ClientError]] = {
    "[key_reused]": KeyReused,
    "[cursor_expired]": CursorExpired,
}


def error_for(name: str, message: str, status: int = 500) -> ClientError:
    """The error that fits a server exception.

    :param name: dotted class name of the server's exception, may be empty
    :param message: the server's message; only its text before a traceback is kept
    :param status: HTTP status, decides when the name is unknown
    """
    kind = BY_NAME.get(name.rsplit(".", 1)[-1]) or BY_STATUS.get(status, ServerError)
    text = clean(message)
    for mark, marked in BY_MARK.items():
        if issubclass(marked, kind) and text.endswith(mark):
            kind, text = marked, text.removesuffix(mark).rstrip()
    return kind(text or name or f"HTTP {status}", server_name=name)


def error_from_traceback(text: str) -> ClientError:
    """The error that fits a traceback, of which only the last statement is kept.

    Old XML-RPC sends the whole traceback as the message: ``module.Name: message``.
    """
    lines = [line for line in text.strip().splitlines() if line.strip()]
    start = len(lines) - 1
    while start > 0 and not _opens_message(lines, start):
        start -= 1
    first = lines[start] if lines else ""
    name, _, message = first.partition(": ")
    if " " in name or not name:
        return ServerError(clean(first) or "the server failed")
    rest = "\n".join([message, *lines[start + 1 :]])
    if name.endswith("AttributeError") and "does not exist" in rest:
        return NotFound(clean(rest), server_name=name)
    return error_for(name, rest)


def clean(message: str) -> str:
    """The message without a traceback and without blank lines."""
    head = str(message).split("Traceback (most recent call last)")[0]
    lines = [line.strip() for line in head.splitlines()]
    return "\n".join(line for line in lines if line)


def _opens_message(lines: list[str], index: int) -> bool:
    """Whether the line is ``Name: message``, that is, follows an indented source line."""
    return not lines[index].startswith(" ") and lines[index - 1].startswith(" ")
