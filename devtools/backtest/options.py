"""The options of `./dev backtest`; needs no numpy, so that the help is always there."""

UNIT_DAYS = {"days": 1, "weeks": 7}
DESCRIPTION = (
    "How well the engine would have foretold the sales in a file (CSV, also gzipped, a workbook "
    "of Excel, or columns separated by spaces); needs neither Odoo nor a database. Columns are "
    "named by their heading or by their number from 1. Credit notes are netted per customer and "
    "day. How the file was understood is shown first."
)


def add_options(parser):
    """Describe the options to an argument parser."""
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--customer", required=True, help="column of the customer")
    parser.add_argument("--date", required=True, help="column of the date, in any usual form")
    parser.add_argument(
        "--amount", required=True, help="column of the amount, or a product: Quantity*UnitPrice"
    )
    parser.add_argument("--product", help="column of the product: tries suggestions as well")
    parser.add_argument("--cost", help="column of the cost: money is then amount - cost")
    parser.add_argument(
        "--facts",
        metavar="COLUMNS",
        help="columns that tell what customers are, separated by commas: country,segment",
    )
    parser.add_argument("--split", required=True, help="last day that is known, also Jalali")
    parser.add_argument("--horizon", required=True, help="days held out after the split")
    parser.add_argument("--json", metavar="OUT", help="write all figures to this file")
    parser.add_argument(
        "--scores", metavar="OUT.csv", help="write what is said about each customer to this file"
    )
    parser.add_argument(
        "--yes", action="store_true", help="do not ask whether the file is understood"
    )
    parser.add_argument(
        "--unit", choices=UNIT_DAYS, default="days", help="unit of the parameters (default: days)"
    )
