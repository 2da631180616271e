"""A company with years of invoices, made in seconds by SQL: sizes like a real one, values not."""

from odoo.tools import SQL


def add_company_history(env, customers, invoices, lines_per_invoice=3):
    """Insert customers and posted invoices over the last three years.

    Every customer buys at a rhythm of its own (1 to 40 invoices); one invoice in twenty is a
    credit note, one in ten is unpaid. No cost is stored yet, as before an install.

    :return: (number of customers, number of invoices)
    """
    company = env.company
    journal = env["account.journal"].search(
        [("type", "=", "sale"), ("company_id", "=", company.id)], limit=1
    )
    values = {
        "company": company.id,
        "currency": company.currency_id.id,
        "journal": journal.id,
        "income": journal.default_account_id.id,
        "receivable": env["account.account"]
        .search([("account_type", "=", "asset_receivable")], limit=1)
        .id,
        "product": _get_product(env).id,
        "unit": env.ref("uom.product_uom_unit").id,
        "customers": customers,
        "invoices": invoices,
        "lines": lines_per_invoice,
    }
    for statement in (_CUSTOMERS, _INVOICES, _LINES, _RECEIVABLES):
        env.cr.execute(SQL(statement, **values))
    env.cr.commit()
    # A fresh bulk insert has no statistics yet; autovacuum would make them within a minute.
    env.cr.execute("ANALYZE res_partner, account_move, account_move_line")
    env.invalidate_all()
    return customers, invoices


def _get_product(env):
    return env["product.product"].create({"name": "Benchmark product", "standard_price": 6.0})


_CUSTOMERS = """
    WITH made AS (
        INSERT INTO res_partner (name, complete_name, is_company, active, type, autopost_bills,
                                 company_id)
        SELECT 'Benchmark ' || n, 'Benchmark ' || n, TRUE, TRUE, 'contact', 'ask', NULL
          FROM generate_series(1, %(customers)s) n
     RETURNING id
    )
    SELECT COUNT(*) FROM made
"""
_INVOICES = """
    WITH own AS (
        UPDATE res_partner SET commercial_partner_id = id
         WHERE name LIKE 'Benchmark %%' AND commercial_partner_id IS NULL
     RETURNING id
    ), customer AS (
        SELECT id, ROW_NUMBER() OVER (ORDER BY id) - 1 AS number FROM own
    ), bill AS (
        -- the square favours low numbers: a few customers buy often, many once
        SELECT n, FLOOR(POWER((n * 7919 %% 1000003) / 1000003.0, 2) * %(customers)s) AS number,
               CURRENT_DATE - 1 - (n * 104729 %% 1095)::int AS day,
               10 + (n * 31 %% 99000) / 100.0 AS amount,
               n %% 20 = 0 AS is_refund, n %% 10 = 1 AS is_open
          FROM generate_series(1::bigint, %(invoices)s) n
    )
    INSERT INTO account_move (name, journal_id, currency_id, company_id, partner_id,
           commercial_partner_id, state, move_type, auto_post, date, invoice_date,
           invoice_date_due, payment_state, amount_untaxed_signed, amount_total_signed,
           amount_residual_signed, amount_untaxed, amount_total, amount_residual, ref)
    SELECT 'BENCH/' || b.n, %(journal)s, %(currency)s, %(company)s, c.id, c.id, 'posted',
           CASE WHEN is_refund THEN 'out_refund' ELSE 'out_invoice' END, 'no', day, day, day + 30,
           CASE WHEN is_open THEN 'not_paid' ELSE 'paid' END,
           CASE WHEN is_refund THEN -amount ELSE amount END,
           CASE WHEN is_refund THEN -amount ELSE amount END,
           CASE WHEN NOT is_open THEN 0 WHEN is_refund THEN -amount ELSE amount END,
           amount, amount, CASE WHEN is_open THEN amount ELSE 0 END, 'benchmark'
      FROM bill b JOIN customer c ON c.number = b.number
"""
_LINES = """
    INSERT INTO account_move_line (move_id, currency_id, company_id, company_currency_id,
           partner_id, account_id, product_id, product_uom_id, display_type, quantity, date,
           balance, parent_state, journal_id)
    SELECT m.id, %(currency)s, %(company)s, %(currency)s, m.partner_id, %(income)s, %(product)s,
           %(unit)s, 'product', 1, m.date, -m.amount_untaxed_signed / %(lines)s, 'posted',
           m.journal_id
      FROM account_move m, generate_series(1, %(lines)s) k
     WHERE m.ref = 'benchmark'
"""
_RECEIVABLES = """
    INSERT INTO account_move_line (move_id, currency_id, company_id, company_currency_id,
           partner_id, account_id, display_type, date, date_maturity, balance, amount_residual,
           parent_state, journal_id)
    SELECT m.id, %(currency)s, %(company)s, %(currency)s, m.partner_id, %(receivable)s,
           'payment_term', m.date, m.invoice_date_due, m.amount_total_signed,
           m.amount_residual_signed, 'posted', m.journal_id
      FROM account_move m
     WHERE m.ref = 'benchmark'
"""
