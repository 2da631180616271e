"""What single customers are measured against: the cutoffs found by the last full run."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from .lifecycle import CompanyGaps
from .rfm import get_score_cutoffs
from .value_class import get_class_cutoffs

Population = Sequence[tuple[float, int]]


@dataclass(frozen=True)
class Cutoffs:
    """Cutoffs of the relative measures of one company.

    Recency cutoffs are ordinals of last-occasion days (later is better), frequency cutoffs
    are occasions, money cutoffs are in company currency. ``…_before_pause``: the same of the 365
    days up to the last occasion. ``expected_class``: cutoffs of the value class on predicted
    profit, ``None`` while nothing is predicted.
    """

    recency: Sequence[float | None]
    frequency: Sequence[float | None]
    monetary: Sequence[float | None]
    frequency_before_pause: Sequence[float | None]
    monetary_before_pause: Sequence[float | None]
    value_class: Mapping[str, float | None]
    gaps: CompanyGaps = field(default_factory=CompanyGaps)
    expected_class: Mapping[str, float | None] | None = None

    @classmethod
    def from_populations(
        cls,
        recency: Population,
        frequency: Population,
        monetary: Population,
        profit: Population,
        gaps: CompanyGaps,
        predicted: Population = (),
        frequency_before_pause: Population = (),
        monetary_before_pause: Population = (),
    ) -> "Cutoffs":
        """Build the cutoffs from (distinct value, number of customers) pairs of all who bought.

        :param recency: ordinals of the last occasion; ``frequency``: occasions in 365 days;
            ``monetary``, ``profit``: of 365 days, ``predicted``: of the next, company currency;
            ``…_before_pause``: of the 365 days up to the last occasion
        """

        def columns(population: Population) -> tuple[list[float], list[int]]:
            return [value for value, _count in population], [count for _v, count in population]

        return cls(
            recency=get_score_cutoffs(*columns(recency)),
            frequency=get_score_cutoffs(*columns(frequency)),
            monetary=get_score_cutoffs(*columns(monetary)),
            frequency_before_pause=get_score_cutoffs(*columns(frequency_before_pause)),
            monetary_before_pause=get_score_cutoffs(*columns(monetary_before_pause)),
            value_class=get_class_cutoffs(*columns(profit)),
            gaps=gaps,
            expected_class=get_class_cutoffs(*columns(predicted)) if predicted else None,
        )

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Cutoffs":
        """Read back what :meth:`to_json` wrote."""
        return cls(**{**data, "gaps": CompanyGaps(**data["gaps"])})

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-able dictionary, as the full run stores it."""
        return asdict(self)
