"""JSON-2: ``POST /json/2/<model>/<method>`` with a bearer API key (Odoo 19 and later)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from ..errors import InvalidInput, NotFound, ServerError
from .http_channel import HttpAnswer, HttpChannel
from .server_faults import error_for


class Json2Protocol:
    """Calls of model methods as HTTP requests; every argument goes by name."""

    name = "json2"

    def __init__(self, channel: HttpChannel, database: str, api_key: str) -> None:
        """Nothing is sent yet; a wrong key is told by the first call."""
        self.channel = channel
        self._database = database
        self._headers = {
            "Authorization": f"bearer {api_key}",
            "Content-Type": "application/json; charset=utf-8",
            "X-Odoo-Database": database,
        }

    def call(self, model: str, method: str, ids: list[int] | None, kwargs: dict[str, Any]) -> Any:
        """Run one public method once and return its JSON answer.

        :param ids: records the method works on; None or [] for none
        :raises ClientError: one of its subclasses; InvalidInput also for what is not JSON
        """
        body = dict(kwargs, ids=list(ids)) if ids else kwargs
        try:
            data = json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
        except (TypeError, ValueError) as error:
            raise InvalidInput(f"the values cannot be sent as JSON: {error}") from None
        path = f"/json/2/{quote(model, safe='.')}/{quote(method)}"
        return self._read(self.channel.post(path, data, self._headers))

    def user_id(self) -> int:
        """Id of the user the API key belongs to.

        :raises AuthenticationFailed: wrong, withdrawn or expired
        """
        return int(self.call("res.users", "context_get", None, {})["uid"])

    def _read(self, answer: HttpAnswer) -> Any:
        """The decoded answer, or the error it stands for."""
        try:
            content = json.loads(answer.body)
        except ValueError:
            if answer.status == 404:
                raise NotFound(
                    f"no database {self._database!r} at {self.channel.server}, "
                    "or it does not offer JSON-2"
                ) from None
            raise ServerError(
                f"{self.channel.server} sent no JSON (HTTP {answer.status})"
            ) from None
        if answer.status == 200:
            return content
        fault = content if isinstance(content, dict) else {}
        name, message = str(fault.get("name") or ""), str(fault.get("message") or "")
        raise error_for(name, message, answer.status)
