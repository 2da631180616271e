"""One HTTP answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HttpAnswer:
    """Status, content type, wished waiting time in seconds (or None) and raw body."""

    status: int
    content_type: str
    retry_after: float | None
    body: bytes
