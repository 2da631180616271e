"""What single customers are measured against: the borders found by the last full run."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from .lifecycle import CompanyGaps
from .rfm import get_score_borders
from .value_class import get_class_borders

Population = Sequence[tuple[float, int]]


@dataclass(frozen=True)
class Yardsticks:
    """Borders of the relative measures of one company.

    Recency borders are ordinals of last-occasion days (later is better), frequency borders
    are occasions, money borders are in company currency. ``expected_class``: borders of the value
    class on predicted profit, ``None`` while nothing is predicted.
    """

    recency: Sequence[float | None]
    frequency: Sequence[float | None]
    monetary: Sequence[float | None]
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
    ) -> "Yardsticks":
        """Build the yardsticks from (distinct value, number of customers) pairs."""

        def columns(population: Population) -> tuple[list[float], list[int]]:
            return [value for value, _count in population], [count for _v, count in population]

        return cls(
            recency=get_score_borders(*columns(recency)),
            frequency=get_score_borders(*columns(frequency)),
            monetary=get_score_borders(*columns(monetary)),
            value_class=get_class_borders(*columns(profit)),
            gaps=gaps,
            expected_class=get_class_borders(*columns(predicted)) if predicted else None,
        )

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Yardsticks":
        """Read back what :meth:`to_json` wrote."""
        return cls(**{**data, "gaps": CompanyGaps(**data["gaps"])})

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-able dictionary."""
        return asdict(self)
