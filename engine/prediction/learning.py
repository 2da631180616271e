"""Learning the adjustment: what beats the process on two past windows held out, and only that."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..numerics import fit_grouped, fit_trees
from .adjustment import MEMBERS, START, Adjustment, find_intercept, get_names, keep_total
from .learned_features import FEW, MANY, get_amount_bounds
from .own_cycle import MIN_REPEATERS, SHAPES, fit_shape
from .past_window import PastWindow, get_window_days, join, make_window
from .trait_learning import learn_traits

# More customers tell nothing new.
MAX_SAMPLE = 8_000
PENALTY = 20.0  # in customers; it matters only below a thousand of them
COUNT_PENALTY = 50.0
# How much of the regression of counts, and of what was learned on probabilities, is tried for
# expected purchases; both on the log scale.
COUNT_WEIGHTS = ((1.0, 0.0), (0.5, 0.0), (0.0, 0.5))
# Trees need more than lines do: so many customers in a window.
MIN_TREE_CUSTOMERS = 200
# (rows below which, folds of the customers, how many of them are tried): the fewer customers, the
# more a single fold depends on who is in it.
FOLDS = ((1_000, 4, 4), (5_000, 8, 8), (20_000, 2, 2), (np.inf, 2, 1))


def learn_adjustment(log, today: int, horizon: float) -> Adjustment:
    """Learn from the past of a log, as of a day.

    :param log: :class:`~.occasion_log.OccasionLog`; nothing after ``today`` is looked at
    :return: without an intercept (see :func:`keep_total`), or nothing learned, with the reason
    """
    log = log.sample(MAX_SAMPLE)
    days = get_window_days(log.first_day, today, horizon)
    if len(days) < 2:
        return Adjustment(reason="short_history")
    amounts = get_amount_bounds(log.as_of(today))
    windows = [make_window(log, day, length, amounts) for day, length in days]
    days = [day for day, window in zip(days, windows, strict=True) if window]
    windows = [window for window in windows if window]
    if len(windows) < 2:
        return Adjustment(reason="few_customers")
    found = Adjustment(reason="no_gain", windows=len(windows), amounts=amounts)
    cycle, windows, gain = _find_cycle(log, today, days, windows, amounts)
    found = replace(found, cycle=cycle, gains=gain)
    return _learn_members(found, windows)


def _find_cycle(log, today, days, windows, amounts):
    """Return (process with regular pauses or ``None``, windows that start from it, gain)."""
    # The shape is that of the earliest day, which all windows know.
    early = fit_shape(log.as_of(min(day for day, _length in days)), SHAPES)
    facts = log.as_of(today)
    if early.shape == 1 or (facts.occasions > 1).sum() < MIN_REPEATERS:
        return None, windows, {}
    gains = []
    for place in (0, -1):
        plain = windows[place]
        due = make_window(log, *days[place], amounts, early.shape)
        before = _get_log_loss(plain.chances.start, plain.bought)
        gains.append(before - _get_log_loss(due.chances.start, due.bought))
    gain = {"cycle": tuple(gains)}
    if min(gains) <= 0:
        return None, windows, gain
    regular = [make_window(log, *day, amounts, early.shape) for day in days]
    return fit_shape(facts, (1, early.shape)), regular, gain


def _learn_members(found, windows):
    """Try each member, and ways to count; learn those that help from all windows."""
    candidates = MEMBERS if min(map(len, windows)) >= MIN_TREE_CUSTOMERS else MEMBERS[:-1]
    trials = _make_trials(windows, candidates)
    plain = [[pair[:2] for pair in pairs] for pairs in trials]
    gains = {name: _get_gains(plain, _get_member_gain, (name,)) for name in candidates}
    members = tuple(name for name in candidates if min(gains[name]) > 0)
    if not members:
        members, halves = _find_halves(plain, candidates)
        gains |= halves
    ways = {_get_way_name(way): way for way in COUNT_WEIGHTS if members or not way[1]}
    by_way = {
        name: _get_gains(plain, _get_count_gain, (members, way)) for name, way in ways.items()
    }
    found = replace(found, gains=found.gains | gains | by_way, usual=_get_usual(windows))
    if members:
        found = replace(found, members=members, **_fit(windows, members))
    good_ways = [name for name in by_way if min(by_way[name]) > 0]
    if good_ways:
        best = max(good_ways, key=lambda name: sum(by_way[name]))
        found = replace(found, count_weights=ways[best])
        if ways[best][0]:
            found = replace(found, counts=_fit_counts(windows))
    found = learn_traits(found, windows, trials, _get_count_loss)
    helps = found.is_learned or found.cycle
    return replace(found, reason="learned" if helps else found.reason)


def _make_trials(windows, members):
    """Return (learned parts, unseen window, windows learned from) by window held out.

    Those held out are the newest, and the one furthest from it.

    Learned from some folds of the customers in the other windows, tried on the one left out:
    neither the day nor the customer has been seen. Trees take longest: half of many folds.
    """
    rows = sum(map(len, windows))
    _rows, folds, tried = next(line for line in FOLDS if rows < line[0])
    trials = []
    for held in (0, len(windows) - 1):
        known, unseen = windows[:held] + windows[held + 1 :], windows[held]
        pairs = []
        for fold in range(tried):
            learned = [window.take(window.keys % folds != fold) for window in known]
            quick = [name for name in members if name != "trees" or folds == 2 or fold % 2]
            parts = _fit(learned, quick) | {"counts": _fit_counts(learned)}
            tried_on = unseen.take(unseen.keys % folds == fold)
            pairs.append((Adjustment(**parts), tried_on, learned))
        trials.append(pairs)
    return trials


def _get_gains(trials, get_gain, what):
    """Return the mean gain of something on each of the two windows."""
    gains = ([get_gain(parts, unseen, what) for parts, unseen in pairs] for pairs in trials)
    return tuple(float(np.nanmean(values)) for values in gains)


def _find_halves(trials, candidates):
    """Return (members with the process among them, gains): what helps only when it counts half.

    What goes too far in one of the windows may still go into the right direction.
    """
    gains = {name: _get_gains(trials, _get_member_gain, (START, name)) for name in candidates}
    helps = tuple(name for name in candidates if min(gains[name]) > 0)
    if len(helps) > 1 and min(_get_gains(trials, _get_member_gain, (START, *helps))) <= 0:
        helps = (max(helps, key=lambda name: min(gains[name])),)
    named = {f"half_{name}": gain for name, gain in gains.items()}
    return (START, *helps) if helps else (), named


def _get_member_gain(parts, unseen, members):
    known = parts.get_known(members)
    if known in ((), (START,)):
        return np.nan
    before = _get_log_loss(unseen.chances.start, unseen.bought)
    log_odds = [parts.ask(member, unseen.features) for member in known]
    return before - _get_log_loss(sum(log_odds) / len(log_odds), unseen.bought)


def _get_count_gain(parts, unseen, choice):
    members, way = choice
    members = parts.get_known(members)
    tried = replace(parts, members=members, count_weights=way)
    tried = keep_total(tried, unseen.features, unseen.chances)
    _buys, expected = tried.apply(unseen.features, unseen.chances)
    before = _get_count_loss(unseen.chances.purchases, unseen.purchases)
    return before - _get_count_loss(expected, unseen.purchases)


def _get_usual(windows):
    names = windows[0].features
    return {
        name: float(np.concatenate([window.features[name] for window in windows]).mean())
        for name in names
    }


def _get_way_name(way):
    return f"counts_{way[0]}_{way[1]}"


def _fit(windows: Sequence[PastWindow], members):
    """Return name -> learned part."""
    names = get_names(MANY, windows[0].features)
    columns, start, _expected, purchases, groups = join(windows, names)
    bought = (purchases > 0).astype(float)
    penalty = PENALTY * len(windows)
    parts = {}
    if "few" in members:
        chosen = [columns[names.index(name)] for name in get_names(FEW, windows[0].features)]
        parts["few"] = fit_grouped(chosen, bought, start, groups, penalty)
    if "many" in members:
        parts["many"] = fit_grouped(columns, bought, start, groups, penalty)
    if "trees" in members:
        share = np.bincount(groups, bought) / np.bincount(groups)
        share = np.clip(share, 1e-3, 1 - 1e-3)
        parts["trees"] = fit_trees(columns, bought, np.log(share / (1 - share))[groups])
    return parts


def _fit_counts(windows):
    names = get_names(MANY, windows[0].features)
    columns, _start, expected, purchases, groups = join(windows, names)
    penalty = COUNT_PENALTY * len(windows)
    logs = np.log(np.maximum(expected, 1e-9))
    return fit_grouped(columns, purchases, logs, groups, penalty, counts=True)


def _get_log_loss(log_odds, bought):
    """Mean log loss by customer, levels equalled."""
    if not len(bought):
        return 0.0
    log_odds = log_odds + find_intercept(log_odds, bought.sum())
    return float(np.mean(np.logaddexp(0, log_odds) - bought * log_odds))


def _get_count_loss(expected, purchases):
    """Mean absolute error by customer, levels equalled."""
    total = purchases.sum()
    if not total:
        return 0.0
    return float(np.mean(np.abs(expected * (total / expected.sum()) - purchases)))
