"""What one row says, before it is known where it goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Filled:
    """Field values of one row.

    :param marks: what the value maps say about special columns, e.g. ``@status: @planned``
    :param extra: ``Heading: value`` lines for the long text, so that nothing is lost
    """

    values: dict[str, Any] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    extra: list[str] = field(default_factory=list)
