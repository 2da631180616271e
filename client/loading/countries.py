"""Countries as people write them."""

from __future__ import annotations

from functools import cached_property

from ..values import heading
from .company_target import CompanyTarget

# What traders write for countries Odoo knows by another name (compared like headings).
COUNTRY_CODES = {
    "eire": "IE",
    "england": "GB",
    "greatbritain": "GB",
    "uk": "GB",
    "usa": "US",
    "us": "US",
    "unitedstatesofamerica": "US",
    "rsa": "ZA",
    "uae": "AE",
    "holland": "NL",
    "czechrepublic": "CZ",
    "korea": "KR",
    "southkorea": "KR",
    "russia": "RU",
    "turkey": "TR",
    "ایران": "IR",
    "iran": "IR",
    "امارات": "AE",
    "عراق": "IQ",
    "ترکیه": "TR",
}


class Countries:
    """Finds a country of Odoo by its English name, its code or a usual nickname."""

    def __init__(self, target: CompanyTarget) -> None:
        self.target = target

    def id_of(self, name: str) -> int | bool:
        """Id of a country, by name or by code of two letters; False if unknown or empty."""
        key = heading(name)
        return self._ids.get(COUNTRY_CODES.get(key, key).lower(), False)

    @cached_property
    def _ids(self) -> dict[str, int]:
        rows = self.target.read("res.country", [], ["name", "code"])
        by_name = {heading(row["name"]): row["id"] for row in rows}
        return {**by_name, **{row["code"].lower(): row["id"] for row in rows if row["code"]}}
