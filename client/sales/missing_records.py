"""Creating the records that are not there yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ..errors import ClientError
from ..loading.bisecting import bisect
from .target import Target

BATCH = 200  # products or contacts per request; a request stays well under ten seconds


class MissingRecords:
    """Finds records of one model by reference and creates the others."""

    def __init__(self, target: Target, model: str, field: str) -> None:
        """:param field: the external reference, e.g. ``default_code``"""
        self.target = target
        self.model = model
        self.field = field
        self.created = 0
        self.faults: dict[str, str] = {}

    def ensure(
        self,
        values: Mapping[str, Mapping[str, Any]],
    ) -> dict[str, int]:
        """Ids by reference; what the server refuses is left out and put into ``faults``.

        :param values: reference -> values to create it with when it is missing
        """
        company = self.target.company_id
        domain = [["company_id", "in", [False, company]]]
        ids: dict[str, int] = {}

        def settle(part: Sequence[str]) -> None:
            found = self.target.find(self.model, self.field, part, domain, archived=True)
            ids.update({key: row["id"] for key, row in found.items()})
            missing = [key for key in part if key not in found]
            if missing:
                vals = [dict(values[key]) for key in missing]
                new = self.target.call(self.model, "create", vals_list=vals)
                ids.update(zip(missing, new, strict=True))
                self.created += len(new)

        def refuse(key: str, error: ClientError) -> None:
            self.faults[key] = str(error)

        keys = list(values)
        retry = self.target.connection.retry
        for start in range(0, len(keys), BATCH):
            part = keys[start : start + BATCH]
            retry.run(partial(bisect, part, settle, refuse), idempotent=True)
        return ids
