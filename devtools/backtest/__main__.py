"""Command line of the back-test; wrong input ends with a sentence and exit code 2."""

import argparse
import json
import sys
from datetime import date
from pathlib import Path

from client.dates import DateReader
from client.errors import InvalidInput
from client.tables import preview

from .bad_input import BadInput
from .day_format import get_days, is_day
from .evaluation import evaluate
from .options import DESCRIPTION, UNIT_DAYS, add_options
from .printing import print_report
from .products import evaluate_products
from .sales import read_sales
from .sales_table import PROGRESS_ROWS, show_progress

MAX_HORIZON = 36_500


def main(arguments=None):
    """Run; return the exit code."""
    options = _get_parser().parse_args(arguments)
    try:
        report = make_report(options)
        print_report(report)
        if options.json:
            write_json(report, options.json)
    except BadInput as problem:
        print(f"dev backtest: {problem}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # | head
        return 0
    return 0


def _get_parser():
    parser = argparse.ArgumentParser("./dev backtest", description=DESCRIPTION, allow_abbrev=False)
    add_options(parser)
    return parser


def make_report(options):
    """Return all figures.

    :raises BadInput: the options or the file cannot be used
    """
    _get_split(options.split)
    horizon = _get_horizon(options.horizon)
    for option, path in (("--json", options.json), ("--scores", options.scores)):
        if path:
            _check_writable(option, path)
    sales = read_sales(options)
    _show_guesses(sales, options.yes)
    split = _get_split(options.split, sales.dates)
    first, last = int(sales.days.min()), int(sales.days.max())
    if not first <= split < last:
        raise BadInput(
            f"--split {options.split}: the file has sales from {date.fromordinal(first)} to "
            f"{date.fromordinal(last)}; give a day from the first to before the last."
        )
    asked = horizon
    if split + horizon > last:
        sales.notes.append(
            f"The file ends on {date.fromordinal(last)}, {last - split} days after the split: the "
            f"horizon of {horizon} days is shortened to {last - split}."
        )
        horizon = last - split
    if len(sales.days) >= PROGRESS_ROWS:
        show_progress("fitting the models")
    report = {
        "file": str(options.file),
        "split": str(date.fromordinal(split)),
        "horizon": horizon,
        "asked_horizon": asked,
        "unit": options.unit,
        "rows": sales.counts,
        "notes": sales.notes,
        **evaluate(sales, split, horizon, UNIT_DAYS[options.unit], options.scores),
    }
    for figures in report["models"].values():
        # Whoever reads the figures by the horizon that was asked for finds the shortened one.
        answers = figures["probabilities"]
        answers[str(asked)] = answers[str(horizon)]
    if sales.products is not None:
        report["products"] = evaluate_products(sales, split, horizon)
    return report


def write_json(report, path):
    """Write the figures; numbers that are none become null."""
    try:
        Path(path).write_text(json.dumps(_clean(report), indent=2, allow_nan=False) + "\n")
    except OSError as problem:
        raise BadInput(f"--json {path} cannot be written: {problem.strerror}.") from None


def _clean(value):
    if isinstance(value, dict):
        return {key: _clean(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(part) for part in value]
    if isinstance(value, float) and value not in (float("inf"), float("-inf")) and value == value:
        return float(value)
    return None if isinstance(value, float) else value


def _show_guesses(sales, yes):
    """Show how the file was read; ask only where somebody is there: nothing is written."""
    preview.show(sales.guesses)
    if preview.is_attended():
        try:
            preview.confirm("Go on?", yes=yes)
        except InvalidInput:
            raise BadInput("stopped before anything was computed.") from None


def _get_split(text, dates=None):
    """Read the day: by itself where it leaves nothing open, else as the file writes its dates."""
    if not is_day(text):
        raise BadInput(f"--split {text} is no date: write it like 2011-06-09 or 1390/03/19.")
    day = get_days([text], dates or DateReader())[0]
    return day or get_days([text], DateReader())[0]


def _get_horizon(text):
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= MAX_HORIZON:
        raise BadInput(f"--horizon {text}: give a whole number of days from 1 to {MAX_HORIZON}.")
    return int(text)


def _check_writable(option, path):
    folder = Path(path).absolute().parent
    if not folder.is_dir():
        raise BadInput(f"{option} {path} cannot be written: there is no folder {folder}.")


if __name__ == "__main__":
    sys.exit(main())
