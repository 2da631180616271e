"""What ``customer.api`` answers when it cannot do what was asked.

One table of errors, read as a whole: the class name travels to JSON-2 clients as ``name``.
Odoo sends the traceback of any error along to JSON-2 clients (``debug``); these have none
to send. The log of the server keeps it.
"""

from odoo.exceptions import AccessError, MissingError, UserError, ValidationError


class ExternalError(UserError):
    """Base of all errors another program gets to see."""

    @property
    def __traceback__(self):
        return None

    @__traceback__.setter
    def __traceback__(self, trace):  # Python's own libraries set it
        BaseException.__traceback__.__set__(self, trace)


class InvalidInput(ExternalError, ValidationError):
    """The values do not fit: the sentence says which and what fits."""


class KeyReused(InvalidInput):
    """A request key came again with other content."""


class CursorExpired(InvalidInput):
    """A cursor of another database server: begin again without one."""


class NotAllowed(ExternalError, AccessError):
    """The user may not do this."""


class NotFound(ExternalError, MissingError):
    """The named record is not there, or not for this company."""


class InternalFailure(ExternalError):
    """A fault of ours; the log has the details under the reference given."""

    http_status = 500
