"""The gate every public method of ``customer.api`` goes through."""

import functools
import inspect
import logging
import uuid

import psycopg2

from odoo.exceptions import AccessError, ConcurrencyError, UserError

from .api_error import ExternalError, InternalFailure, InvalidInput, NotAllowed

_logger = logging.getLogger(__name__)


def external(method):
    """Make a method callable by other programs, which never get to see a traceback.

    The arguments go by name. The method runs with a context of ours, after the right to
    call it was checked. The signature is checked here: over XML-RPC nobody else does, and
    over JSON-2 Odoo would send a traceback with its refusal.
    """
    signature = inspect.signature(method)

    @functools.wraps(method)
    def call(self, *args, **kwargs):
        api = self.with_env(self.env(context={}))
        try:
            api = self._with_clean_context()
            api._check_may_call()
            return method(api, **_bound(api, signature, args, kwargs))
        except (ExternalError, psycopg2.OperationalError, ConcurrencyError):
            raise  # Odoo repeats the call after a conflict of transactions
        except AccessError as error:
            raise NotAllowed(str(error)) from None
        except UserError as error:
            raise InvalidInput(str(error)) from None
        except psycopg2.IntegrityError:
            raise InvalidInput(
                api.env._("A record was changed or deleted meanwhile: send the request again.")
            ) from None
        except Exception:
            reference = uuid.uuid4().hex[:12]
            _logger.exception("%s.%s failed (%s)", self._name, method.__name__, reference)
            raise InternalFailure(
                api.env._(
                    "The server could not do this and changed nothing. Tell its administrator "
                    "the reference %(reference)s.",
                    reference=reference,
                )
            ) from None

    del call.__wrapped__  # see the docstring: Odoo takes any argument, and we answer
    return call


def _bound(api, signature, args, kwargs):
    """Return the arguments by name; refuse what the method does not know, or misses."""
    names = list(signature.parameters)[1:]
    required = [name for name in names if signature.parameters[name].default is inspect._empty]
    if args:
        problem = api.env._("Arguments go by name")
    elif unknown := sorted(set(kwargs) - set(names)):
        problem = api.env._("There is no argument “%(name)s”", name=unknown[0][:40])
    elif missing := [name for name in required if name not in kwargs]:
        problem = api.env._("The argument “%(name)s” is missing", name=missing[0])
    else:
        return kwargs
    raise InvalidInput(
        api.env._("%(problem)s. Known: %(names)s.", problem=problem, names=", ".join(names))
    )
