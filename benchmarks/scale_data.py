"""A company with years of history, made in minutes by SQL: sizes and skew like a real one.

Customers at rhythms of their own, invoices and credit notes, orders with deliveries and returns,
payments in instalments, late or never, and what customers say: `benchmarks/history/`.
"""

import contextlib

import psycopg2

from odoo import Command
from odoo.tools import SQL

from .history import orders, payments, sales, service

PRODUCTS = 2000
CATEGORIES = 40
# Product lines and the receivable, on an average.
LINES_PER_INVOICE = 4
SEED = 0.42
TABLES = (
    *("res_partner", "account_move", "account_move_line", "account_partial_reconcile"),
    *("account_payment", "account_move__account_payment", "account_full_reconcile"),
    *("sale_order", "sale_order_line", "sale_order_line_invoice_rel"),
    *("stock_picking", "stock_move", "stock_move_line"),
    *("product_product", "product_template"),
)
OWN_TABLES = (
    *("customer_interaction", "customer_feedback", "customer_feedback_line"),
    "customer_complaint",
)


def add_company_history(env, customers, invoices, lines=None):
    """Insert customers and their history of the last three years, and commit.

    No cost is stored yet, and no customer queued, as before an install: works without the addon.

    :param customers: at most as many as invoices
    :param lines: lines of invoices with their receivables; default four per invoice
    :return: (number of customers, number of invoices)
    """
    with_addon = "customer.profile" in env
    _configure(env, with_addon)
    values = _get_values(env, with_addon) | {
        "customers": customers,
        "invoices": invoices,
        "products": PRODUCTS,
        "mean_lines": max((lines or LINES_PER_INVOICE * invoices) / invoices - 1, 1),
        "move_base": _reserve(env, "account_move_id_seq", invoices),
    }
    _make_products(env)
    env.flush_all()
    parts = (sales, payments, orders, *([service] if with_addon else []))
    tables = TABLES + (OWN_TABLES if with_addon else ())
    env.cr.execute("SELECT setseed(%s)", [SEED])
    for part in parts:
        for statement, table in part.WORK:
            env.execute_query(SQL(statement, **values))  # pylint: disable=sql-injection
            env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    with _fast_writing(env, tables):
        for part in parts:
            for statement in part.WRITTEN:
                env.execute_query(SQL(statement, **values))  # pylint: disable=sql-injection
    env.cr.commit()
    _gather_statistics(env, tables)
    env.invalidate_all()
    return customers, invoices


def _reserve(env, sequence, count):
    """Return the id before the next ``count`` ones, which nobody else will get."""
    [(last,)] = env.execute_query(SQL("SELECT nextval(%s)", sequence))
    env.execute_query(SQL("SELECT setval(%s, %s)", sequence, last + count))
    return last


@contextlib.contextmanager
def _fast_writing(env, tables):
    """Write without indexes and checks of references; build the indexes afterwards."""
    with contextlib.suppress(psycopg2.errors.InsufficientPrivilege), env.cr.savepoint():
        env.cr.execute("SET LOCAL session_replication_role = replica")
    env.cr.execute("SET LOCAL maintenance_work_mem = '512MB'")
    indexes = env.execute_query(
        SQL(
            """SELECT c.relname, pg_get_indexdef(c.oid)
                 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                WHERE i.indrelid::regclass::text = ANY(%s)
                  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = c.oid)""",
            list(tables),
        )
    )
    for name, _definition in indexes:
        env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
    yield
    for _name, definition in indexes:
        env.cr.execute(SQL(definition.replace("%", "%%")))


def _gather_statistics(env, tables):
    """A bulk insert has no statistics; autovacuum, which makes them in life, is off here."""
    connection = env.cr._cnx
    env.cr.commit()
    connection.autocommit = True
    try:
        env.cr.execute(SQL("VACUUM (ANALYZE) %s", SQL(", ").join(map(SQL.identifier, tables))))
    finally:
        connection.autocommit = False


def _configure(env, with_addon):
    """Give the company rates and rules, so that profit and tiers are more than sales."""
    company = env.company
    if not with_addon:
        return
    company.write(
        {
            "customer_cost_per_order_line": 1.5,
            "customer_cost_per_delivery": 6,
            "customer_cost_per_return": 15,
            "customer_capital_cost_percent": 8,
            "customer_cost_per_interaction_minute": 0.8,
            "customer_cost_per_complaint_hour": 40,
        }
    )
    tiers = env["customer.tier"].search([("company_id", "=", company.id)], order="sequence")
    for tier, rule in zip(
        tiers[1:], ({}, {"min_net_profit": 2000}, {"min_satisfaction": 40}), strict=False
    ):
        tier.write(rule)


def _get_values(env, with_addon):
    """Return what the statements are filled in with: ids of accounts, journals, places."""
    company = env.company

    def find(model, *domain):
        return env[model].search([("company_id", "=", company.id), *domain], limit=1)

    def find_account(kind, *domain):
        accounts = env["account.account"].with_company(company)
        return accounts.search([("account_type", "=", kind), *domain], limit=1).id

    journal = find("account.journal", ("type", "=", "sale"))
    bank = find("account.journal", ("type", "=", "bank"))
    method = bank.inbound_payment_method_line_ids[:1]
    warehouse = find("stock.warehouse")
    values = {
        "company": company.id,
        "currency": company.currency_id.id,
        "user": env.ref("base.user_admin").id,
        "journal": journal.id,
        "bank_journal": bank.id,
        "misc_journal": find("account.journal", ("type", "=", "general")).id,
        "income": journal.default_account_id.id,
        "receivable": find_account("asset_receivable"),
        "expense": find_account("expense", ("id", "not in", _get_special_accounts(company))),
        "money": (method.payment_account_id or bank.default_account_id).id,
        "method_line": method.id,
        "method": method.payment_method_id.id,
        "unit": env.ref("uom.product_uom_unit").id,
        "warehouse": warehouse.id,
        "type_out": warehouse.out_type_id.id,
        "type_in": warehouse.in_type_id.id,
        "stock": warehouse.lot_stock_id.id,
        "customer_place": env.ref("stock.stock_location_customers").id,
    }
    if with_addon:
        stages = env["customer.complaint.stage"]
        values |= {
            "team": env["customer.complaint.team"].search([], limit=1).id,
            "category": env["customer.complaint.category"].search([], limit=1).id,
            "open_stage": stages.search([("is_solved", "=", False)], limit=1).id,
            "closed_stage": stages.search([("is_solved", "=", True)], limit=1).id,
        }
    return values


def _get_special_accounts(company):
    """Return accounts of cash discounts and exchange rates: what is booked there is no loss."""
    return (
        company.account_journal_early_pay_discount_loss_account_id
        | company.expense_currency_exchange_account_id
    ).ids


def _make_products(env):
    """Create products in categories; four in five are stored. Popular are the first."""
    categories = env["product.category"].create(
        [{"name": f"Benchmark {number}"} for number in range(CATEGORIES)]
    )
    quiet = env["product.product"].with_context(
        tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True
    )
    products = quiet
    for start in range(0, PRODUCTS, 500):
        products += quiet.create(
            [
                _prepare_product(number, categories[number * 7 % CATEGORIES].id)
                for number in range(start, start + 500)
            ]
        )
    env.flush_all()
    env.cr.execute(
        SQL(
            """CREATE TEMP TABLE bench_product ON COMMIT DROP AS
               SELECT (ROW_NUMBER() OVER (ORDER BY p.id) - 1)::int AS number, p.id,
                      t.list_price::numeric AS price, t.is_storable,
                      (p.standard_price ->> %s)::numeric AS cost
                 FROM product_product p JOIN product_template t ON t.id = p.product_tmpl_id
                WHERE p.id = ANY(%s)""",
            str(env.company.id),
            products.ids,
        )
    )


def _prepare_product(number, category):
    price = 4 + number * 7919 % 97 * 0.75
    return {
        "name": f"Benchmark {number}",
        "type": "consu",
        "is_storable": number % 5 != 4,
        "categ_id": category,
        "list_price": price,
        "standard_price": round(price * (0.5 + number % 4 * 0.08), 2),
        "taxes_id": [Command.clear()],
        "supplier_taxes_id": [Command.clear()],
    }
