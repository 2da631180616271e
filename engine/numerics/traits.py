"""What customers are, beside what they do: industry, country, source, size, age of the record.

Texts have levels, numbers are told apart by fifths. What each is worth in log-odds is learned by a
regression with an indicator for each level and a ridge, that is shrunk to nothing where few
customers are known; rare levels are taken together, and one never met says nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

MAX_LEVELS = 60
# Of fewer customers nothing can be learned: such levels stand together.
MIN_CUSTOMERS = 15
# Nearly everybody has a level of their own: a name, not a fact.
MAX_RARE = 0.5
PARTS = 5  # of a number
UNKNOWN = ""
RIDGE = 8.0  # in customers, each of whom is in several windows
ROUNDS, TOLERANCE = 40, 1e-5


@dataclass(frozen=True)
class Traits:
    """Facts of many customers by name; arrays in the order of the customers.

    ``levels``: texts that are told apart; ``codes``: positions in them, -1 for unknown.
    ``numbers``: any unit, NaN for unknown. ``since``: ordinals of a day, whose age is the fact.
    ``earlier``: of texts that were others once, (last days of another text, its codes) one or
    more times, the latest first; see :meth:`as_of`.
    """

    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    codes: Mapping[str, np.ndarray] = field(default_factory=dict)
    numbers: Mapping[str, np.ndarray] = field(default_factory=dict)
    since: Mapping[str, np.ndarray] = field(default_factory=dict)
    earlier: Mapping[str, tuple[tuple[np.ndarray, np.ndarray], ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, texts=None, numbers=None, since=None, earlier=None) -> "Traits":
        """Build from columns by name: texts (empty or ``None`` for unknown), numbers, ordinals.

        :param earlier: name -> [(last day of another text, or -inf; that text) for each customer],
            the latest first: what a text was until a day
        """
        levels, codes, before = {}, {}, {}
        for name, column in (texts or {}).items():
            turns = list((earlier or {}).get(name, ()))
            columns = [_as_texts(part) for part in (column, *(then for _until, then in turns))]
            levels[name] = tuple(sorted(set().union(*columns) - {UNKNOWN}))
            places = {text: place for place, text in enumerate(levels[name])}
            codes[name], *others = (
                np.array([places.get(text, -1) for text in texts], dtype=np.int64)
                for texts in columns
            )
            days = [np.asarray(until, dtype=float) for until, _then in turns]
            before[name] = tuple(zip(days, others, strict=True))
        as_numbers = {
            word: {name: np.asarray(column, dtype=float) for name, column in (part or {}).items()}
            for word, part in (("numbers", numbers), ("since", since))
        }
        before = {name: turns for name, turns in before.items() if turns}
        return cls(levels, codes, **as_numbers, earlier=before)

    @property
    def names(self) -> tuple[str, ...]:
        """All facts, in the order of the alphabet."""
        return tuple(sorted({*self.codes, *self.numbers, *self.since}))

    def take(self, rows) -> "Traits":
        """Return the chosen customers.

        :param rows: positions, a mask or a slice
        """
        parts = {
            part: {name: column[rows] for name, column in getattr(self, part).items()}
            for part in ("codes", "numbers", "since")
        }
        before = {
            name: tuple((until[rows], codes[rows]) for until, codes in turns)
            for name, turns in self.earlier.items()
        }
        return Traits(self.levels, **parts, earlier=before)

    def as_of(self, day: int) -> "Traits":
        """Return the texts as they were at the end of a day: what came later explains nothing."""
        if not self.earlier:
            return self
        codes = dict(self.codes)
        for name, turns in self.earlier.items():
            for until, then in turns:
                codes[name] = np.where(day <= until, then, codes[name])
        return Traits(self.levels, codes, self.numbers, self.since)

    def get_number(self, name: str, today: int) -> np.ndarray:
        """Return a fact that is a number, as of a day; an age of less than nothing is unknown."""
        if name in self.numbers:
            return self.numbers[name]
        age = today - self.since[name]
        return np.where(age >= 0, age, np.nan)


@dataclass(frozen=True)
class TraitPart:
    """What was learned: fact -> level -> log-odds. ``edges``: borders of the parts of numbers.

    Levels of a number are ``"0"`` (least) to ``"4"``, and ``""`` where it is unknown. The mean of
    a fact over the customers learned from is 0: so a level never met changes nothing.
    """

    effects: Mapping[str, Mapping[str, float]]
    edges: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data) -> "TraitPart":
        """Read back what :meth:`to_json` wrote."""
        edges = {name: tuple(values) for name, values in data["edges"].items()}
        return cls(data["effects"], edges)

    def to_json(self):
        """Return a JSON-able dictionary."""
        return dict(vars(self))

    @property
    def names(self) -> tuple[str, ...]:
        """The facts that are used."""
        return tuple(self.effects)

    def get_moves(self, traits: Traits | None, today: int, size: int) -> dict[str, np.ndarray]:
        """Return fact -> what it adds to the log-odds of each customer; 0 where nothing is known.

        :param traits: of ``size`` customers, ``None`` where nothing is known of them
        """
        return {name: self._get_moves(name, traits, today, size) for name in self.effects}

    def _get_moves(self, name, traits, today, size):
        effects = self.effects[name]
        if traits is None or name not in traits.names:
            return np.zeros(size)
        if name in traits.codes:
            values = [effects.get(level, 0.0) for level in traits.levels[name]]
            return np.array([*values, effects.get(UNKNOWN, 0.0)])[traits.codes[name]]
        places = _get_parts(traits.get_number(name, today), self.edges.get(name, ()))
        values = [effects.get(str(part), 0.0) for part in range(PARTS)]
        return np.array([*values, effects.get(UNKNOWN, 0.0)])[places]


def fit_traits(parts, outcome, offset, groups) -> TraitPart:
    """Fit what facts add to log-odds.

    :param parts: (edges, name -> (levels, position of each row)) of :func:`encode_traits`
    :param outcome: 0 or 1; ``offset``: log-odds without them; ``groups``: window of each row, each
        with an intercept of its own
    """
    edges, columns = parts
    size = int(groups.max()) + 1 if len(groups) else 1
    blocks = {"": (groups, size, 1e-3)}
    penalty = RIDGE * size
    blocks |= {n: (places, len(levels), penalty) for n, (levels, places) in columns.items()}
    weights = {name: np.zeros(count) for name, (_places, count, _ridge) in blocks.items()}
    odds = np.array(offset, dtype=float)
    for _round in range(ROUNDS):
        largest = 0.0
        for name, (places, count, ridge) in blocks.items():
            expected = 1 / (1 + np.exp(-np.clip(odds, -700, 700)))
            slope = np.bincount(places, outcome - expected, count) - ridge * weights[name]
            curve = np.bincount(places, expected * (1 - expected), count) + ridge
            step = np.clip(slope / curve, -1, 1)
            weights[name] += step
            odds += step[places]
            largest = max(largest, float(np.abs(step).max(initial=0)))
        if largest < TOLERANCE:
            break
    effects = {}
    for name, (levels, places) in columns.items():
        found = weights[name] - weights[name][places].mean()
        effects[name] = {
            level: float(found[place]) for place, known in enumerate(levels) for level in known
        }
    return TraitPart(effects, edges)


def encode_traits(traits, names, todays):
    """Return (edges, name -> (levels, position of each row)) of customers as of several days.

    :param traits: of each window, ``todays`` beside them
    :return: levels as a tuple of texts for each position; names that tell nothing are left out
    """
    edges, columns = {}, {}
    largest = max(range(len(traits)), key=lambda place: len(_get_any(traits[place])), default=0)
    for name in names:
        if name in traits[0].codes:
            found = _encode_texts(traits, name, largest)
        else:
            numbers = [part.get_number(name, day) for part, day in zip(traits, todays, strict=True)]
            known = np.concatenate(numbers)
            known = known[np.isfinite(known)]
            if not len(known):
                continue
            edges[name] = tuple(
                np.unique(np.quantile(known, np.linspace(0, 1, PARTS + 1)[1:-1])).tolist()
            )
            places = np.concatenate([_get_parts(part, edges[name]) for part in numbers])
            levels = [(str(part),) for part in range(PARTS)]
            found = [*levels, (UNKNOWN,)], np.where(places < 0, PARTS, places)
        if found and len(np.unique(found[1])) > 1:
            columns[name] = found
    return {name: edges[name] for name in edges if name in columns}, columns


def choose_columns(parts, names):
    """Return some facts of what :func:`encode_traits` returned."""
    edges, columns = parts
    return (
        {name: edges[name] for name in names if name in edges},
        {name: columns[name] for name in names},
    )


def _as_texts(column):
    return [UNKNOWN if value is None else str(value) for value in column]


def _encode_texts(traits, name, largest):
    """Levels with enough customers, the others together; ``None`` where those are most."""
    levels = traits[0].levels[name]
    counts = np.bincount(traits[largest].codes[name] + 1, minlength=len(levels) + 1)
    texts = np.array([UNKNOWN, *levels])
    order = np.lexsort((texts, -counts))
    kept = order[counts[order] >= MIN_CUSTOMERS][:MAX_LEVELS]
    rare = np.setdiff1d(np.arange(len(texts)), kept)
    if counts[rare].sum() > MAX_RARE * counts.sum() or not len(kept):
        return None
    places = np.full(len(texts), len(kept))
    places[kept] = np.arange(len(kept))
    known = [(str(texts[place]),) for place in kept]
    known.append(tuple(str(texts[place]) for place in rare if counts[place]))
    return known, places[np.concatenate([part.codes[name] for part in traits]) + 1]


def _get_parts(numbers, edges):
    """Return the part of each number, -1 where it is unknown."""
    places = np.searchsorted(np.asarray(edges, dtype=float), numbers, side="left")
    return np.where(np.isfinite(numbers), places, -1)


def _get_any(traits):
    for part in (traits.codes, traits.numbers, traits.since):
        for column in part.values():
            return column
    return np.zeros(0)
