"""Late payment: against a naive oracle, on simulated books whose truth is known, and always."""

import json
import math
import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ....engine import payment
from ....engine.payment import delays, instalments, late_payment

TODAY = 740_000


def make_book(seed=1, customers=200, months=24, spread=1.5):
    """Return (instalments, true probability of being late of each) of customers with habits."""
    dice = np.random.default_rng(seed)
    rows, truth = [], []
    for customer in range(customers):
        habit, slow = dice.normal(-1, spread), abs(dice.normal(12, 8)) + 1
        term = int(dice.choice([0, 14, 30, 60]))
        for _number in range(dice.poisson(months * dice.gamma(1.5, 0.7))):
            issued = int(dice.integers(TODAY - 30 * months, TODAY))
            amount, due = float(np.exp(dice.normal(6, 1))), issued + term
            chance = 1 / (1 + math.exp(-(habit + 0.5 * (math.log(amount) - 6))))
            late = dice.random() < chance
            ended = due + 1 + int(dice.exponential(slow)) if late else due
            ended -= 0 if late else int(dice.integers(0, min(term, 6) + 1))
            ended = ended if ended < TODAY else None
            rows.append((customer, issued, due, ended, ended is not None, amount))
            truth.append((rows[-1][:3], chance))
    return payment.Instalments.of(*zip(*rows, strict=True)), dict(truth)


@pytest.fixture(scope="module")
def book():
    return make_book()


def get_open(history):
    rows = np.isnan(history.ended)
    names = late_payment.COLUMNS
    return payment.OpenDocuments.of(*(getattr(history, name)[rows] for name in names))


# === FACTS ===


def test_what_is_known_of_an_instalment():
    """In time, late, open and overdue, open and not due, written off late, written off before."""
    book = payment.Instalments.of(
        [1] * 6,
        [100, 101, 102, 103, 104, 105],
        [110, 111, 112, 500, 114, 400],
        [110, 115, None, None, 130, 120],
        [True, True, False, False, False, False],
        [10] * 6,
    )
    assert book.late.tolist() == [False, True, True, True, True, False]
    assert book.told.tolist() == [111, 112, 113, 501, 115, np.inf]
    assert np.array_equal(book.delays, [0, 4, *[np.nan] * 4], equal_nan=True)
    then = book.as_of(115)
    assert np.isnan(then.ended).tolist() == [False, True, True, True, True, True]


def test_sums_of_each_customer_are_those_added_up_one_by_one():
    dice = np.random.default_rng(5)
    who, days, values = dice.integers(0, 9, 200), dice.integers(0, 500, 200), dice.normal(size=200)
    asked, moments = dice.integers(-1, 11, 80), dice.integers(-20, 600, 80)
    for half_life in (30.0, np.inf):
        found = instalments.OwnSums(who, days, values, half_life).at(asked, moments)
        naive = [
            sum(
                value * 0.5 ** ((moment - day) / half_life)
                for name, day, value in zip(who, days, values, strict=True)
                if name == customer and day <= moment
            )
            for customer, moment in zip(asked, moments, strict=True)
        ]
        assert np.allclose(found, naive)


def get_naive_hazards(rows, today):
    """Loop over bands: weighted paid in the band / weighted open at its start."""
    found = []
    for place, end in enumerate(delays.DELAYS):
        start = delays.DELAYS[place - 1] if place else -math.inf
        paid = risk = 0.0
        for issued, due, ended in rows:
            weight = 0.5 ** (max(today - due, 0) / 365)
            until = (today - 1 if ended is None else ended) - due
            if issued - due > end:
                continue  # not made yet
            if ended is not None and start < until <= end:
                paid, risk = paid + weight, risk + weight
            elif until > end or (ended is None and until == end):
                risk += weight
        found.append((paid, risk))
    return found


def test_hazards_by_hand(book):
    history, _truth = book
    part = history.take(slice(0, 400))
    rows = [
        (issued, due, None if np.isnan(ended) else ended)
        for issued, due, ended in zip(part.issued, part.due, part.ended, strict=True)
    ]
    base = delays.get_base_hazards(part, TODAY)
    naive = get_naive_hazards(rows, TODAY)
    assert np.allclose(base, [paid / risk if risk else 0 for paid, risk in naive])
    customer = int(part.customers[0])
    own = get_naive_hazards(
        [row for row, who in zip(rows, part.customers, strict=True) if who == customer], TODAY
    )
    found = delays.get_own_hazards(part, base, np.array([customer]), TODAY)[0]
    assert np.allclose(found, [(d + 4 * h) / (r + 4) for (d, r), h in zip(own, base, strict=True)])


# === WORKED EXAMPLE: docs/late_payment.md ===


def test_worked_example():
    """One customer, company hazards 0.5 until the due date, and 0.5 in (5, 7] days after it."""
    hazards = np.zeros((1, len(delays.DELAYS)))
    hazards[0, delays.DELAYS == 0] = 0.5
    hazards[0, delays.DELAYS == 7] = 0.8
    due, today = np.array([TODAY + 10.0]), TODAY
    found = payment.get_payment_days(hazards, np.array([0.6]), np.array([TODAY]), due, today)
    assert found.late == pytest.approx(0.6)
    assert (found.days[0] - due[0])[:2].tolist() == [0, 6]
    assert np.isnan(found.days[0, 2])
    # 40 % by the due date, 48 % in the sixth or seventh day after it, 12 % not within a year.
    assert found.weeks.sum() == pytest.approx(0.88)
    later = payment.get_payment_days(hazards, np.array([0.6]), np.array([TODAY]), due, TODAY + 11)
    assert (later.late[0], later.weeks.sum()) == (1.0, pytest.approx(0.48 / 0.60))


# === A BOOK WHOSE TRUTH IS KNOWN ===


def test_probabilities_are_true(book):
    """Among documents foretold on their first day: ten groups, each as often late as said."""
    predicted, true = [], []
    for seed in range(3):
        history, truth = make_book(seed)
        model = payment.fit_payment(history, TODAY, ("model", "model"))
        new = history.take(history.issued >= TODAY - 60)
        documents = payment.OpenDocuments.of(*(getattr(new, name) for name in late_payment.COLUMNS))
        outlook, _share = late_payment.foretell_payment_then(model, history, documents)
        predicted += outlook.late.tolist()
        keys = zip(new.customers.tolist(), new.issued, new.due, strict=True)
        true += [truth[key] for key in keys]
    predicted, true = np.array(predicted), np.array(true)
    order = np.argsort(predicted)
    for group in np.array_split(order, 5):
        assert predicted[group].mean() == pytest.approx(true[group].mean(), abs=0.06)
    assert np.abs(predicted - true).mean() < 0.12


def test_model_beats_both_rules_where_habits_differ(book):
    grade = payment.grade_payment(book[0], TODAY)
    assert (grade.grade, grade.late_source, grade.day_source) == ("A", "model", "model")
    for window in grade.windows:
        assert window.brier < window.rule_brier
        assert window.days < min(window.mean_days, window.due_days)
        assert 0.75 < window.within < 0.95


def test_simple_rules_where_there_is_nothing_to_learn():
    """Everybody pays on the due date: nobody beats it, and it is what is shown."""
    dice = np.random.default_rng(2)
    issued = dice.integers(TODAY - 700, TODAY - 40, 900)
    book = payment.Instalments.of(
        dice.integers(0, 30, 900), issued, issued + 30, issued + 30, [True] * 900, [100] * 900
    )
    grade = payment.grade_payment(book, TODAY)
    assert grade.grade == "C"
    assert (grade.late_source, grade.day_source) == ("own_share", "due_date")
    model = payment.fit_payment(book, TODAY, ("own_share", "due_date"))
    documents = payment.OpenDocuments.of([1], [TODAY - 3], [TODAY + 27], [50])
    outlook = payment.foretell_payment(model, book, documents, TODAY)
    assert outlook.late[0] == pytest.approx(0, abs=1e-9)
    assert outlook.day[0] == TODAY + 27
    assert outlook.weeks.sum() == 1


def test_one_instalment_that_was_late_is_no_certainty():
    """Also where the simple rule is shown: the own share counts with three of the company's."""
    issued = TODAY - 100 - 2 * np.arange(60)
    late = np.arange(60) < 6
    book = payment.Instalments.of(
        [9, 8, *[1] * 58], issued, issued + 30, issued + np.where(late, 40, 25), [True] * 60,
        [100] * 60,
    )  # fmt: skip
    model = payment.fit_payment(book, TODAY)
    assert model.late_source == "own_share"
    documents = payment.OpenDocuments.of([9, 7], [TODAY] * 2, [TODAY + 30] * 2, [50] * 2)
    outlook = payment.foretell_payment(model, book, documents, TODAY)
    share = (6 + 1) / 62
    assert outlook.late == pytest.approx([(1 + 3 * share) / 4, share])


def test_the_worst_payers_have_no_day_but_a_probability(book):
    """Less than half of it comes within a year of the due date: no median, and late for sure."""
    history, _truth = book
    columns = [getattr(history, name) for name in ("customers", "issued", "due", "ended", "paid")]
    debts = [[-9] * 60, [TODAY - 500] * 60, [TODAY - 470] * 60, [np.nan] * 60, [False] * 60]
    rows = [np.concatenate(pair) for pair in zip(columns, debts, strict=True)]
    ended = [None if np.isnan(day) else day for day in rows[3]]
    amounts = np.concatenate([history.amounts, [100] * 60])
    bad = payment.Instalments.of(rows[0], rows[1], rows[2], ended, rows[4], amounts)
    model = payment.fit_payment(bad, TODAY, ("model", "model"))
    documents = payment.OpenDocuments.of([-9], [TODAY], [TODAY + 30], [100])
    outlook = payment.foretell_payment(model, bad, documents, TODAY)
    assert np.isnan(outlook.day[0])
    assert outlook.late[0] > 0.8


def test_few_instalments_are_drawn_to_the_company(book):
    history, _truth = book
    model = payment.fit_payment(history, TODAY, ("model", "model"))
    documents = payment.OpenDocuments.of([-5], [TODAY], [TODAY + 30], [400])
    outlook = payment.foretell_payment(model, history, documents, TODAY)
    assert (outlook.own[0], np.isnan(outlook.own_delay[0])) == (0, True)
    assert outlook.late[0] == pytest.approx(model.share_late, abs=0.15)


def test_complaints_and_unusual_amounts_raise_it():
    """Where they did in the past, and only there."""
    dice = np.random.default_rng(4)
    size = 1200
    issued = dice.integers(TODAY - 700, TODAY - 60, size)
    told = dice.random(size) < 0.3
    late = dice.random(size) < np.where(told, 0.7, 0.2)
    book = payment.Instalments.of(
        dice.integers(0, 60, size), issued, issued + 20, issued + np.where(late, 30, 20),
        [True] * size, [100] * size, told,
    )  # fmt: skip
    model = payment.fit_payment(book, TODAY, ("model", "model"))
    documents = payment.OpenDocuments.of([1, 1], [TODAY] * 2, [TODAY + 20] * 2, [100] * 2, [0, 1])
    outlook = payment.foretell_payment(model, book, documents, TODAY)
    assert outlook.late[1] > outlook.late[0] + 0.25
    place = payment.FEATURES.index("complaint")
    assert outlook.parts[1, place] > 0.5 > 0 > outlook.parts[0, place]


def test_grade_does_not_know_later_complaints():
    """They foretell the delay, but not on the first day: the grade claims only what was known."""
    dice = np.random.default_rng(5)
    size = 3000
    issued = dice.integers(TODAY - 700, TODAY, size)
    told = dice.random(size) < 0.3
    late = dice.random(size) < np.where(told, 0.8, 0.15)
    columns = (
        dice.integers(0, 60, size), issued, issued + 20, issued + np.where(late, 30, 20),
        [True] * size, [100] * size,
    )  # fmt: skip
    before, after = (
        payment.Instalments.of(*columns, np.where(told, issued + shift, np.nan))
        for shift in (-1, 5)
    )
    known, unknown = (payment.grade_payment(book, TODAY) for book in (before, after))
    assert [window.auc > 0.75 for window in known.windows] == [True, True]
    assert [0.4 < window.auc < 0.6 for window in unknown.windows] == [True, True]
    assert (known.late_source, unknown.late_source) == ("model", "own_share")
    flags = payment.Instalments.of(*columns, told)
    assert payment.grade_payment(flags, TODAY) == known
    # An invoice whose complaint is there by now is judged by it all the same.
    model = payment.fit_payment(after, TODAY, ("model", "model"))
    documents = payment.OpenDocuments.of([1, 1], [TODAY] * 2, [TODAY + 20] * 2, [100] * 2, [0, 1])
    outlook = payment.foretell_payment(model, after, documents, TODAY)
    assert outlook.late[1] > outlook.late[0] + 0.3
    assert not after.as_of(int(np.median(issued))).complaint_days.max() > np.median(issued)


# === EXPECTED CASH ===


def test_weeks_add_up(book):
    history, _truth = book
    model = payment.fit_payment(history, TODAY, ("model", "model"))
    documents = get_open(history)
    outlook = payment.foretell_payment(model, history, documents, TODAY)
    weights = np.ones(len(documents.due))
    amounts = np.round(documents.amounts, 2)
    weeks = payment.get_week_amounts(amounts, weights, outlook.weeks)
    assert np.array_equal(weeks, np.round(weeks, 2))
    assert np.all(weeks.sum(axis=1) <= amounts + 1e-6)
    ranges = payment.get_cash_ranges(amounts, weights, outlook.weeks, weeks)
    assert [one.expected for one in ranges] == weeks.sum(axis=0).tolist()
    assert all(0 <= one.low <= one.expected <= one.high for one in ranges)


@pytest.mark.parametrize("rounding", [0.01, 0.05, 1, 100])
def test_weeks_are_amounts_of_the_currency(rounding):
    """What a week adds up to is an amount of the currency, too: the sum is rounded no more."""
    shares = np.random.default_rng(4).dirichlet(np.ones(payment.WEEKS), size=50)
    amounts = np.arange(1, 51) * 12345.0
    weeks = payment.get_week_amounts(amounts, np.full(50, 0.7), shares, rounding)
    sums = weeks.sum(axis=0)
    assert sums == pytest.approx(np.round(sums / rounding) * rounding, abs=1e-6)
    assert weeks.sum(axis=1) == pytest.approx(amounts * 0.7, abs=rounding)


def test_cash_of_weeks_is_what_comes():
    """Sums of six weeks of known books: between low and high in most, near on the whole."""
    within, ratios = [], []
    for seed in range(8):
        history, _truth = make_book(seed + 20)
        then = TODAY - 90
        model = payment.fit_payment(history, then, ("model", "model"))
        past = history.as_of(then)
        documents = get_open(past)
        outlook = payment.foretell_payment(model, past, documents, then)
        ended = history.take((history.issued < then) & ~(history.ended < then)).ended
        amounts, weights = documents.amounts, np.ones(len(documents.due))
        weeks = payment.get_week_amounts(amounts, weights, outlook.weeks)
        ranges = payment.get_cash_ranges(amounts, weights, outlook.weeks, weeks)
        sunday = then + (-then) % 7
        came = [
            amounts[(ended > sunday + 7 * (week - 1)) & (ended <= sunday + 7 * week)].sum()
            for week in range(6)
        ]
        within += [one.low <= sum_ <= one.high for one, sum_ in zip(ranges, came, strict=False)]
        ratios.append(sum(came) / weeks[:, :6].sum())
    assert 0.7 < np.mean(within) < 0.97
    assert np.mean(ratios) == pytest.approx(1, abs=0.1)


def test_misses_that_came_due_make_the_range():
    weeks = np.full((1, payment.WEEKS), 1000.0)
    found = payment.get_cash_ranges([13000], [1], weeks / 13000, weeks, [0.2, -0.2] * 3)
    assert found[0].high == pytest.approx(1000 * (1 + 1.2815515655 * 0.2))


# === ALWAYS ===


def test_floor():
    assert payment.fit_payment(payment.Instalments.of(*[[]] * 6), TODAY).level == "no_data"
    few = make_book(customers=1)[0].take(slice(0, 10))
    assert payment.fit_payment(few, TODAY).level == "few_instalments"
    short = payment.Instalments.of(
        range(50), [TODAY - 30] * 50, [TODAY - 20] * 50, [TODAY - 19] * 50, [True] * 50, [1] * 50
    )
    model = payment.fit_payment(short, TODAY)
    assert model.level == "short_history"
    documents = payment.OpenDocuments.of([1], [TODAY], [TODAY], [5])
    outlook = payment.foretell_payment(model, short, documents, TODAY)
    assert np.isnan(outlook.late).all()
    assert np.isnan(outlook.day).all()
    assert payment.grade_payment(short, TODAY).grade is None


def test_json_is_exact(book):
    model = payment.fit_payment(book[0], TODAY, ("model", "own_mean"))
    assert payment.PaymentModel.from_json(model.to_json()) == model
    assert json.dumps(payment.grade_payment(book[0], TODAY).to_dict())


def test_order_of_rows_changes_nothing(book):
    history, _truth = book
    order = np.random.default_rng(1).permutation(len(history))
    columns = [getattr(history, name)[order] for name in instalments.COLUMNS]
    shuffled = payment.Instalments.of(*columns)
    assert payment.fit_payment(shuffled, TODAY) == payment.fit_payment(history, TODAY)


def test_other_customers_change_nothing_of_one(book):
    history, _truth = book
    model = payment.fit_payment(history, TODAY, ("model", "model"))
    documents = get_open(history)
    whole = payment.foretell_payment(model, history, documents, TODAY)
    own = history.take(history.customers == documents.customers[0])
    alone = payment.OpenDocuments(*(getattr(documents, name)[:1] for name in late_payment.COLUMNS))
    found = payment.foretell_payment(model, own, alone, TODAY)
    assert found.late[0] == pytest.approx(whole.late[0], abs=1e-12)
    assert found.day[0] == whole.day[0]


rows_of_books = st.lists(
    st.tuples(
        st.integers(1, 5),
        st.integers(TODAY - 900, TODAY + 30),
        st.integers(-40, 120),
        st.one_of(st.none(), st.integers(-200, 800)),
        st.booleans(),
        st.floats(0, 1e9),
        st.booleans(),
    ),
    max_size=120,
)


@settings(max_examples=60, deadline=None)
@given(rows_of_books, st.integers(-500, 500))
def test_whatever_comes(rows, shift):
    """Silent, finite or NaN, within bounds, whatever the book looks like."""
    book = payment.Instalments.of(
        [row[0] for row in rows],
        [row[1] for row in rows],
        [row[1] + row[2] for row in rows],
        [None if row[3] is None else row[1] + row[3] for row in rows],
        [row[4] for row in rows],
        [row[5] for row in rows],
        [row[6] for row in rows],
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        grade = payment.grade_payment(book, TODAY)
        model = payment.fit_payment(book, TODAY)
        documents = payment.OpenDocuments.of(
            [1, 9, 2], [TODAY + shift] * 3, [TODAY + shift, TODAY + shift + 30, TODAY], [5, 0, 1e8]
        )
        for sources in (("model", "model"), (grade.late_source, grade.day_source)):
            chosen = replace(model, late_source=sources[0], day_source=sources[1])
            outlook = payment.foretell_payment(chosen, book, documents, TODAY)
            if model.level != "full":
                assert np.isnan(outlook.late).all()
                continue
            assert np.all((outlook.late >= 0) & (outlook.late <= 1))
            assert np.all(outlook.late[documents.due < TODAY] == 1)
            known = ~np.isnan(outlook.day)
            assert np.all(outlook.day[known] >= TODAY)
            assert np.all(np.nan_to_num(outlook.low, nan=TODAY) >= TODAY)
            ranged = known & ~np.isnan(outlook.high)
            assert np.all(outlook.low[ranged] <= outlook.day[ranged])
            assert np.all(outlook.day[ranged] <= outlook.high[ranged])
            assert np.all(outlook.weeks >= 0)
            assert np.all(outlook.weeks.sum(axis=1) <= 1 + 1e-9)
