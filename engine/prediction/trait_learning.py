"""Whether industry, country, source … foretell who buys, beside what they did: by two windows."""

from dataclasses import replace

import numpy as np

from ..numerics import choose_columns, encode_traits, fit_traits
from .adjustment import TRAIT, Adjustment, find_intercept, keep_total

COUNT_WEIGHTS = (1.0, 0.5)
# A gain within half of its standard error, or of both windows within theirs, is chance: many facts
# are tried.
MIN_ERRORS, MIN_ERRORS_TOGETHER = 0.5, 1.0


def learn_traits(found: Adjustment, windows, trials, get_count_loss) -> Adjustment:
    """Add the facts that help the adjustment on both windows held out, fitted on all windows.

    :param found: learned so far; ``windows``: of :class:`~.past_window.PastWindow`
    :param trials: (parts, unseen window, windows learned from) of both windows held out
    :param get_count_loss: from expected and actual purchases to an error
    """
    if not windows[0].traits:
        return found
    tries = [[_Trial.of(found, *pair) for pair in pairs] for pairs in trials]
    gains = {name: _get_gains(tries, (name,)) for name in windows[0].traits.names}
    names = tuple(name for name, (_means, helps) in gains.items() if helps)
    means = {TRAIT + name: gain for name, (gain, _helps) in gains.items()}
    found = replace(found, gains=found.gains | means)
    if len(names) > 1 and not _get_gains(tries, names)[1]:
        names = (max(names, key=lambda name: min(gains[name][0])),)
    if not names:
        return found
    weight = _choose_count_weight(tries, names, get_count_loss)
    parts = encode_traits([w.traits for w in windows], names, [w.day for w in windows])
    base, bought, groups = _get_base(found, windows)
    return replace(found, traits=fit_traits(parts, bought, base, groups), count_traits=weight)


class _Trial:
    """One window held out, in part: what was learned without it, and what is asked of it."""

    def __init__(self, parts, unseen, coded, base, bought, groups):
        self.parts, self.unseen, self.coded = parts, unseen, coded
        self.base, self.bought, self.groups = base, bought, groups
        self.odds = parts.add_up(unseen.features)
        self.loss = _get_losses(self.odds, unseen.bought)

    @classmethod
    def of(cls, found, parts, unseen, known):
        """Prepare; the facts of the customers learned from are put into columns once."""
        members = parts.get_known(found.members)
        parts = replace(parts, members=members, count_weights=found.count_weights)
        traits, days = [w.traits for w in known], [w.day for w in known]
        coded = encode_traits(traits, traits[0].names, days)
        base, bought, groups = _get_base(parts, known)
        return cls(parts, unseen, coded, base, bought, groups)

    def fit(self, names):
        """Return what some facts add, ``None`` where one of them tells nothing here."""
        if any(name not in self.coded[1] for name in names):
            return None
        chosen = choose_columns(self.coded, names)
        return fit_traits(chosen, self.bought, self.base, self.groups)

    def get_gains(self, names):
        """Return by customer how much less is lost with some facts."""
        part = self.fit(names)
        if part is None:
            return np.zeros(len(self.unseen))
        moves = part.get_moves(self.unseen.traits, self.unseen.day, len(self.unseen))
        return self.loss - _get_losses(self.odds + sum(moves.values()), self.unseen.bought)

    def get_count_gain(self, names, weight, get_loss):
        """Return how much the error of counts is less when facts count for them as well."""
        part, unseen = self.fit(names), self.unseen
        if part is None:
            return 0.0
        moves = part.get_moves(unseen.traits, unseen.day, len(unseen))
        features = unseen.features | {TRAIT + name: values for name, values in moves.items()}
        losses = []
        for used in (0.0, weight):
            tried = replace(self.parts, traits=part, count_traits=used)
            tried = keep_total(tried, features, unseen.chances)
            _buys, expected = tried.apply(features, unseen.chances)
            losses.append(get_loss(expected, unseen.purchases))
        return losses[0] - losses[1]


def _get_gains(tries, names):
    """Return (mean gain on each window held out, whether both are more than chance)."""
    means, errors = [], []
    for trials in tries:
        gains = np.concatenate([trial.get_gains(names) for trial in trials])
        means.append(float(gains.mean()))
        errors.append(float(gains.std()) / np.sqrt(len(gains)))
    each = all(mean > MIN_ERRORS * error for mean, error in zip(means, errors, strict=True))
    together = sum(means) > MIN_ERRORS_TOGETHER * float(np.hypot(*errors))
    return tuple(means), each and together


def _choose_count_weight(tries, names, get_loss):
    """Return how much of the facts counts for purchases: what helps both windows most."""
    best, weight = 0.0, 0.0
    for tried in COUNT_WEIGHTS:
        gains = [
            float(np.mean([trial.get_count_gain(names, tried, get_loss) for trial in trials]))
            for trials in tries
        ]
        if min(gains) > 0 and sum(gains) > best:
            best, weight = sum(gains), tried
    return weight


def _get_base(parts, windows):
    """Return (log-odds without facts, who bought, number of the window) of all windows."""
    base = np.concatenate([parts.add_up(window.features) for window in windows])
    bought = np.concatenate([window.bought for window in windows])
    groups = np.repeat(np.arange(len(windows)), [len(window) for window in windows])
    return base, bought, groups


def _get_losses(odds, bought):
    """Log loss by customer, levels equalled."""
    if not len(bought):
        return np.zeros(0)
    odds = odds + find_intercept(odds, bought.sum())
    return np.logaddexp(0, odds) - bought * odds
