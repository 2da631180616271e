"""XML-RPC: ``/xmlrpc/2/object`` with a user id and a password or API key.

Odoo announces its removal for version 20; JSON-2 is the one to use when a key is at hand.
"""

from __future__ import annotations

import re
import xmlrpc.client
from typing import Any
from xml.parsers.expat import ExpatError

from ..errors import AuthenticationFailed, ClientError, InvalidInput, NotFound, ServerError
from .http_channel import HttpChannel
from .server_faults import clean, error_for, error_from_traceback

# Codes of Odoo's rpc/controllers/xmlrpc.py; 1 is "anything else" and carries a traceback.
FAULT_NAMES = {2: "UserError", 3: "AccessDenied", 4: "AccessError"}
FORBIDDEN_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
NO_ANSWER = "cannot marshal None"


class XmlRpcProtocol:
    """Calls of model methods through ``execute_kw``; logs in at the first call."""

    name = "xmlrpc"

    def __init__(self, channel: HttpChannel, database: str, login: str, secret: str) -> None:
        """:param secret: password or API key"""
        self.channel = channel
        self._database = database
        self._login = login
        self._secret = secret
        self._uid = 0

    def call(self, model: str, method: str, ids: list[int] | None, kwargs: dict[str, Any]) -> Any:
        """Run one public method once and return its answer (None when it returned nothing).

        :param ids: records the method works on; None for a method of the model itself,
            [] for a record method on no record
        :raises ClientError: one of its subclasses; InvalidInput also for what is not XML
        """
        named = dict(kwargs)
        args: list[Any] = [] if ids is None else [list(ids)]
        if method == "create":  # the server looks at its first positional argument
            args = [named.pop("vals_list", [])]
        return self._object(model, method, args, named)

    def user_id(self) -> int:
        """Id of the user the login belongs to; asked for once.

        :raises AuthenticationFailed: wrong login, password or API key
        """
        if not self._uid:
            uid = self._request(
                "common", "authenticate", (self._database, self._login, self._secret, {})
            )
            if not uid:
                raise AuthenticationFailed("wrong login, password or API key")
            self._uid = int(uid)
        return self._uid

    def _object(self, model: str, method: str, args: list[Any], named: dict) -> Any:
        user = (self._database, self.user_id(), self._secret)
        try:
            return self._request("object", "execute_kw", (*user, model, method, args, named))
        except ServerError as error:
            if NO_ANSWER in str(error):
                return None  # done and committed; XML-RPC just cannot say "nothing"
            raise

    def _request(self, service: str, name: str, params: tuple) -> Any:
        try:
            xml = xmlrpc.client.dumps(params, name, encoding="utf-8", allow_none=True)
        except (TypeError, OverflowError) as error:
            raise InvalidInput(f"the values cannot be sent as XML: {error}") from None
        body = FORBIDDEN_IN_XML.sub("", xml).encode()
        headers = {"Content-Type": "text/xml; charset=utf-8"}
        answer = self.channel.post(f"/xmlrpc/2/{service}", body, headers)
        if answer.status == 404:
            raise NotFound(f"{self.channel.server} does not offer XML-RPC")
        try:
            return xmlrpc.client.loads(answer.body)[0][0]
        except xmlrpc.client.Fault as fault:
            raise self._error(fault) from None
        except (ExpatError, xmlrpc.client.Error, UnicodeDecodeError, IndexError):
            raise ServerError(
                f"{self.channel.server} sent no XML-RPC answer (HTTP {answer.status})"
            ) from None

    def _error(self, fault: xmlrpc.client.Fault) -> ClientError:
        text = str(fault.faultString)
        name = FAULT_NAMES.get(fault.faultCode, "")
        if name == "UserError" and re.fullmatch(r"Object \S+ doesn't exist", text.strip()):
            return NotFound(clean(text))
        if name:
            return error_for(name, text)
        if f'database "{self._database}" does not exist' in text:
            return NotFound(f"no database {self._database!r} at {self.channel.server}")
        return error_from_traceback(text)
