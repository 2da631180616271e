"""When and how long to wait before asking again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ..errors import ClientError, Conflict, ConnectionFailed, ServerBusy

Result = TypeVar("Result")


@dataclass(frozen=True)
class RetryPolicy:
    """Exponential back-off with full jitter, only for what is safe to repeat.

    :param attempts: how many times a request is made at most (1 = never repeated)
    :param base: longest wait before the second attempt, in seconds; doubles each time
    :param cap: longest single wait, in seconds
    :param sleep: replaced in tests
    """

    attempts: int = 5
    base: float = 0.5
    cap: float = 20.0
    sleep: Callable[[float], None] = time.sleep

    def run(self, request: Callable[[], Result], *, idempotent: bool) -> Result:
        """Call ``request`` until it answers, fails for good, or the attempts are used up.

        :param idempotent: whether doing it twice is harmless
        :raises ClientError: the last failure
        """
        attempt = 1
        while True:
            try:
                return request()
            except ClientError as error:
                if attempt >= self.attempts or not self.may_repeat(error, idempotent):
                    raise
                self.sleep(self.delay(attempt, getattr(error, "retry_after", None)))
            attempt += 1

    @staticmethod
    def may_repeat(error: ClientError, idempotent: bool) -> bool:
        """Whether repeating the request can never do the same change twice."""
        if isinstance(error, Conflict):
            return True
        if isinstance(error, ServerBusy):
            return idempotent or error.refused
        if isinstance(error, ConnectionFailed):
            return idempotent or not error.sent
        return False

    def delay(self, attempt: int, retry_after: float | None = None) -> float:
        """Seconds to wait after the given attempt; the server's wish counts up to the cap."""
        ceiling = min(self.cap, self.base * 2 ** (attempt - 1))
        wait = random.uniform(0.0, ceiling)  # noqa: S311 (spreading, not secrecy)
        return wait if retry_after is None else max(wait, min(retry_after, self.cap))
