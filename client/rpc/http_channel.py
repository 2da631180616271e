"""A keep-alive HTTP connection to one server (standard library ``http.client``)."""

from __future__ import annotations

import http.client
import select
import ssl
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urlsplit

from ..errors import ConnectionFailed, InvalidInput, NotFound, ServerBusy

REFUSED = {429, 503}  # surely not carried out
UNCERTAIN = {502, 504}  # a gateway gave up; the server may still be working


@dataclass(frozen=True)
class HttpAnswer:
    """Status, content type, wished waiting time in seconds (or None) and raw body."""

    status: int
    content_type: str
    retry_after: float | None
    body: bytes


class HttpChannel:
    """Posts bytes to paths of one server, over one connection that is kept open.

    Not to be shared between threads. Redirects are never followed: they would carry the
    credentials to another address.
    """

    def __init__(self, url: str, timeout: float) -> None:
        """
        :param url: ``http://host:port`` or ``https://host/prefix``
        :param timeout: seconds without a byte after which the connection counts as broken;
            keep it above the server's own time limit for one request
        :raises InvalidInput: no such address can be
        """
        parts = urlsplit(url if "//" in url else f"http://{url}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InvalidInput(f"not an http(s) address: {parts.hostname or url!r}")
        try:
            port = parts.port
        except ValueError as error:
            raise InvalidInput(f"bad port in the address: {error}") from None
        self.server = f"{parts.scheme}://{parts.hostname}" + (f":{port}" if port else "")
        self._prefix = parts.path.rstrip("/")
        self._http: http.client.HTTPConnection
        if parts.scheme == "https":
            context = ssl.create_default_context()
            self._http = http.client.HTTPSConnection(
                parts.hostname, port, timeout=timeout, context=context
            )
        else:
            self._http = http.client.HTTPConnection(parts.hostname, port, timeout=timeout)

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> HttpAnswer:
        """Send one request and read its answer.

        :raises ConnectionFailed: no answer; its ``sent`` says whether the request left
        :raises ServerBusy: HTTP 429, 502, 503 or 504
        :raises NotFound: the server redirects elsewhere
        """
        self._connect()
        try:
            self._http.request("POST", self._prefix + path, body, headers)
            response = self._http.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            reason = str(error) or type(error).__name__
            raise ConnectionFailed(f"{self.server} did not answer: {reason}", sent=True) from None
        answer = HttpAnswer(
            status=response.status,
            content_type=response.headers.get_content_type(),
            retry_after=_seconds(response.headers.get("Retry-After")),
            body=content,
        )
        self._check(answer, response.headers.get("Location", ""))
        return answer

    def close(self) -> None:
        """Close the connection; the next request opens a new one."""
        self._http.close()

    def __enter__(self) -> HttpChannel:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _connect(self) -> None:
        """Open the connection unless a live one is there."""
        if self._http.sock is not None and not self._is_stale():
            return
        self.close()
        try:
            self._http.connect()
        except OSError as error:
            self.close()
            raise ConnectionFailed(f"cannot reach {self.server}: {error}") from None

    def _is_stale(self) -> bool:
        """An idle connection with something to read has been closed by the server."""
        try:
            readable, _, _ = select.select([self._http.sock], [], [], 0)
        except (OSError, ValueError):
            return True
        return bool(readable)

    def _check(self, answer: HttpAnswer, location: str) -> None:
        if 300 <= answer.status < 400:
            target = urlsplit(location)
            raise NotFound(
                f"{self.server} redirects to {target.scheme}://{target.netloc}: use that address"
            )
        if answer.status in REFUSED | UNCERTAIN:
            raise ServerBusy(
                f"{self.server} is busy (HTTP {answer.status})",
                refused=answer.status in REFUSED,
                retry_after=answer.retry_after,
            )


def _seconds(text: str | None) -> float | None:
    """The Retry-After header when it is a number of seconds; a date is ignored."""
    try:
        return max(0.0, float(text)) if text else None
    except ValueError:
        return None
