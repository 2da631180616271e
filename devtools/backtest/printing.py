"""The figures as a table on the screen."""

import math

WIDTH = 15
COLUMNS = (
    ("MAE", "mae"),
    ("total", "total_ratio"),
    ("money MAE", "money_mae"),
    ("rank corr", "rank_correlation"),
    ("top 10 %", "capture_top10"),
    ("top 20 %", "capture_top20"),
    ("date ±days", "median_date_error"),
)


def print_report(report):
    """Print what was read, the table of models, the deciles and the products."""
    rows = report["rows"]
    more = (("unreadable", "unreadable"), ("after_today", "of days after today"))
    left_out = "".join(f", {rows[key]} {text}" for key, text in more if rows.get(key))
    print(
        f"{rows['rows']} rows: {rows['used']} used, {rows['without_customer']} without a customer, "
        f"{rows['without_date']} without a date, {rows['without_amount']} without an amount"
        f"{left_out}; {rows['negative']} negative ones netted."
    )
    for note in report["notes"]:
        print(f"Note: {note}")
    print(
        f"Known up to {report['split']}: {report['customers']} customers, "
        f"{report['repeat_customers']} with a repeat purchase, {report['history_days']} days. "
        f"Held out {report['horizon']} days: {report['bought_again']} bought again, "
        f"{report['actual_occasions']} occasions, {report['actual_money']:.2f} money."
    )
    _print_models(report)
    _print_deciles(report["models"]["customer_value"]["deciles"])
    if "products" in report:
        _print_products(report["products"])


def _print_models(report):
    heads = [head for head, _key in COLUMNS]
    heads += [f"{kind} {days}" for days in report["horizons"] for kind in ("AUC", "Brier")]
    print("\n" + " " * WIDTH + "".join(f"{head:>11}" for head in heads))
    for name, figures in report["models"].items():
        cells = [figures.get(key) for _head, key in COLUMNS]
        for days in report["horizons"]:
            answer = figures["probabilities"][str(days)]
            cells += [answer["auc"], answer["brier"]]
        print(f"{name:<{WIDTH}}" + "".join(f"{_show(cell):>11}" for cell in cells))
    print(f"\nParameters (alpha in {report['unit']}):")
    for name, figures in report["models"].items():
        if "parameters" in figures:
            shown = "  ".join(f"{key} {value:.4f}" for key, value in figures["parameters"].items())
            print(f"{name:<{WIDTH}}{shown}  log-likelihood {figures['log_likelihood']:.3f}")
    if report["seasonal"]:
        print("Seasonal: the total is off by more than a quarter; read ranks, not totals.")


def _print_deciles(deciles):
    print("\nLikeliest tenth first: customers, predicted and actual share who bought again")
    for part in deciles:
        print(f"{part['customers']:>8}{part['predicted']:>9.3f}{part['actual']:>9.3f}")


def _print_products(products):
    if "reason" in products:
        print(f"\nProducts: {products['reason']}.")
        return
    print(f"\nProducts, rule {products['rule']}: hit rate at 5, recall at 5, customers")
    for kind in ("new", "repeats"):
        for name, result in products[kind].items():
            shown = f"{result['hit_rate']:>9.4f}{result['recall']:>9.4f}{result['customers']:>8}"
            print(f"{kind:<9}{name:<{WIDTH}}{shown}")


def _show(value):
    if value is None or not math.isfinite(value):
        return "-"
    return f"{value:.4f}" if abs(value) < 100 else f"{value:.1f}"
