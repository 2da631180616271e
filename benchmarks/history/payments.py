"""What was to be paid and what became of it: instalments, payments, credit notes, bad debts."""

DUES = """
    CREATE TEMP TABLE bench_due ON COMMIT DROP AS
    WITH due AS (
        SELECT i.id AS move_id, i.n, i.customer, i.is_refund, i.has_payments, i.named_id, i.day,
               i.is_bad, i.pays_monthly, i.habit, p.part, random() AS dice,
               CASE WHEN i.is_refund THEN -t.total WHEN p.parts = 1 THEN t.total
                    WHEN p.part = 1 THEN ROUND(t.total / 2, 2)
                    ELSE t.total - ROUND(t.total / 2, 2) END AS amount,
               COALESCE(rt.total, 0) AS credited,
               CASE WHEN i.is_refund THEN i.day ELSE i.day + 30 * p.part END AS due
          FROM bench_invoice i
          JOIN bench_total t ON t.move_id = i.id
     LEFT JOIN bench_invoice r ON r.named_id = i.id
     LEFT JOIN bench_total rt ON rt.move_id = r.id
          JOIN LATERAL (
               SELECT part, CASE WHEN i.has_payments AND NOT i.is_refund AND r.id IS NULL
                                  AND i.style < 0.15 THEN 2 ELSE 1 END AS parts
                 FROM generate_series(1, 2) part) p ON p.part <= p.parts
    ), planned AS (
        SELECT d.*, CASE WHEN d.is_refund THEN d.day + 14
                         WHEN d.pays_monthly THEN
                              (date_trunc('month', d.due + d.habit) + interval '1 month')::date
                         ELSE GREATEST(d.due + d.habit + (10 * d.dice)::int - 3, d.day)
                    END AS pay_day
          FROM due d
    ), fated AS (
        SELECT p.*, CASE
               WHEN NOT has_payments THEN
                    CASE WHEN dice < 0.1 AND NOT is_refund AND named_id IS NULL
                          AND credited = 0 AND day > CURRENT_DATE - 400
                         THEN 'open' ELSE 'gone' END
               WHEN is_refund AND named_id IS NOT NULL THEN 'credit'
               WHEN is_refund THEN CASE WHEN day > CURRENT_DATE - 100 THEN 'open' ELSE 'back' END
               WHEN amount = credited THEN 'credited'
               WHEN is_bad AND dice < 0.5 OR dice < 0.01 THEN
                    CASE WHEN due < CURRENT_DATE - 300 AND dice < 0.3 THEN 'lost' ELSE 'open' END
               WHEN pay_day >= CURRENT_DATE THEN 'open'
               WHEN dice BETWEEN 0.9 AND 0.94 THEN 'partial'
               ELSE 'paid' END AS fate
          FROM planned p
    )
    SELECT nextval('account_move_line_id_seq')::int AS id, f.*,
           CASE WHEN fate = 'lost' THEN 'lost' WHEN fate = 'back' THEN 'out'
                WHEN fate IN ('paid', 'partial') THEN 'in' END AS kind,
           CASE WHEN fate IN ('paid', 'back', 'lost') THEN amount - credited
                WHEN fate = 'partial' THEN ROUND(0.6 * (amount - credited), 2)
                ELSE 0 END AS settled,
           CASE WHEN fate = 'open' THEN amount - credited
                WHEN fate = 'partial' THEN (amount - credited)
                                           - ROUND(0.6 * (amount - credited), 2)
                ELSE 0 END AS residual,
           CASE WHEN fate = 'credited' THEN nextval('account_full_reconcile_id_seq')::int
           END AS full_id
      FROM (SELECT * FROM fated ORDER BY move_id, part) f
"""
# Who pays several invoices on one day pays them in one sum.
ENTRIES = """
    CREATE TEMP TABLE bench_entry ON COMMIT DROP AS
    SELECT nextval('account_move_id_seq')::int AS id, ROW_NUMBER() OVER () AS number, e.*,
           CASE WHEN kind <> 'lost' THEN nextval('account_payment_id_seq')::int END AS payment_id,
           nextval('account_move_line_id_seq')::int AS money_line_id,
           nextval('account_move_line_id_seq')::int AS line_id,
           CASE WHEN is_full THEN nextval('account_full_reconcile_id_seq')::int END AS full_id
      FROM (SELECT n, customer, kind,
                   CASE WHEN kind = 'lost' THEN pay_day + 200 ELSE pay_day END AS day, pay_day,
                   SUM(settled) AS amount, BOOL_AND(residual = 0) AS is_full
              FROM bench_due
             WHERE kind IS NOT NULL
          GROUP BY n, customer, kind, pay_day
          ORDER BY 4, n) e
"""
SETTLED = """
    CREATE TEMP TABLE bench_settled ON COMMIT DROP AS
    SELECT d.id, d.move_id, d.customer, d.is_refund, d.named_id, d.day, d.due, d.part, d.amount,
           d.credited, d.settled, d.residual, d.fate, d.kind, e.id AS entry_id,
           e.line_id AS entry_line_id, e.payment_id, e.day AS entry_day,
           COALESCE(d.full_id, e.full_id) AS full_id
      FROM bench_due d
 LEFT JOIN bench_entry e ON e.n = d.n AND e.kind = d.kind AND e.pay_day = d.pay_day
"""
# What a credit note gives back is taken off the invoice it names.
CREDITS = """
    CREATE TEMP TABLE bench_credit ON COMMIT DROP AS
    SELECT c.id AS credit_line_id, d.id AS debit_line_id, -c.amount AS amount, c.day, d.full_id
      FROM bench_settled c
      JOIN bench_settled d ON d.move_id = c.named_id
     WHERE c.fate = 'credit'
"""
WORK = (
    (DUES, "bench_due"),
    (ENTRIES, "bench_entry"),
    (SETTLED, "bench_settled"),
    (CREDITS, "bench_credit"),
)

FULL = """
    INSERT INTO account_full_reconcile (id, create_uid, create_date)
    SELECT DISTINCT full_id, %(user)s, now() FROM bench_settled WHERE full_id IS NOT NULL
"""
ENTRY_MOVES = """
    INSERT INTO account_move (id, name, sequence_prefix, sequence_number, journal_id, currency_id,
           company_id, partner_id, commercial_partner_id, state, move_type, auto_post, date,
           payment_state, amount_untaxed, amount_total, amount_tax, amount_residual,
           amount_untaxed_signed, amount_total_signed, amount_tax_signed, amount_residual_signed,
           amount_total_in_currency_signed, origin_payment_id, posted_before, checked,
           made_sequence_gap, ref, create_uid, create_date, write_uid, write_date)
    SELECT e.id, e.prefix || e.number, e.prefix, e.number,
           CASE WHEN kind = 'lost' THEN %(misc_journal)s ELSE %(bank_journal)s END, %(currency)s,
           %(company)s, customer, customer, 'posted', 'entry', 'no', day, 'not_paid', 0,
           ABS(amount), 0, 0, 0, ABS(amount), 0, 0, ABS(amount), payment_id, TRUE, TRUE, FALSE,
           'benchmark', %(user)s, day, %(user)s, day
      FROM (SELECT *, CASE WHEN kind = 'lost' THEN 'MISC/' ELSE 'PBNK1/' END
                          || EXTRACT(year FROM day) || '/' AS prefix
              FROM bench_entry) e
     ORDER BY e.id
"""
PAYMENTS = """
    INSERT INTO account_payment (id, name, move_id, journal_id, company_id, partner_id,
           partner_type, payment_type, state, date, amount, amount_company_currency_signed,
           currency_id, payment_method_line_id, payment_method_id, destination_account_id,
           outstanding_account_id, is_reconciled, is_matched, is_sent, create_uid, create_date,
           write_uid, write_date)
    SELECT payment_id, 'PBNK1/' || EXTRACT(year FROM day) || '/' || number, id, %(bank_journal)s,
           %(company)s, customer, 'customer',
           CASE WHEN kind = 'in' THEN 'inbound' ELSE 'outbound' END, 'paid', day, ABS(amount),
           amount, %(currency)s, %(method_line)s, %(method)s, %(receivable)s, %(money)s, TRUE,
           TRUE, FALSE, %(user)s, day, %(user)s, day
      FROM bench_entry WHERE payment_id IS NOT NULL
     ORDER BY payment_id
"""
PAID_INVOICES = """
    INSERT INTO account_move__account_payment (invoice_id, payment_id)
    SELECT DISTINCT move_id, payment_id FROM bench_settled WHERE payment_id IS NOT NULL
"""
DUE_LINES = """
    INSERT INTO account_move_line (id, move_id, move_name, sequence, name, journal_id, company_id,
           company_currency_id, currency_id, partner_id, account_id, display_type, quantity, date,
           invoice_date, date_maturity, balance, amount_currency, debit, credit, amount_residual,
           amount_residual_currency, reconciled, full_reconcile_id, matching_number, parent_state,
           is_downpayment, ref, create_uid, create_date, write_uid, write_date)
    SELECT d.id, d.move_id, m.name, 10000 + d.part, m.name, m.journal_id, m.company_id,
           m.currency_id, m.currency_id, d.customer, %(receivable)s, 'payment_term', 0, m.date,
           m.invoice_date, d.due, d.amount, d.amount, GREATEST(d.amount, 0),
           GREATEST(-d.amount, 0), d.residual, d.residual, d.residual = 0,
           COALESCE(d.full_id, c.full_id),
           COALESCE(COALESCE(d.full_id, c.full_id)::text,
                    CASE WHEN d.entry_id IS NOT NULL OR d.credited > 0 THEN 'P' || d.id END),
           'posted', FALSE, 'benchmark', %(user)s, m.create_date, %(user)s, m.create_date
      FROM bench_settled d
      JOIN account_move m ON m.id = d.move_id
 LEFT JOIN bench_credit c ON c.credit_line_id = d.id
     ORDER BY d.move_id, d.part
"""
ENTRY_LINES = """
    INSERT INTO account_move_line (id, move_id, move_name, sequence, name, journal_id, company_id,
           company_currency_id, currency_id, partner_id, account_id, display_type, quantity, date,
           date_maturity, balance, amount_currency, debit, credit, amount_residual,
           amount_residual_currency, reconciled, full_reconcile_id, matching_number, parent_state,
           is_downpayment, payment_id, ref, create_uid, create_date, write_uid, write_date)
    SELECT CASE WHEN is_money THEN e.money_line_id ELSE e.line_id END, e.id, m.name, 100,
           'Payment', m.journal_id, m.company_id, m.currency_id, m.currency_id, e.customer,
           CASE WHEN NOT is_money THEN %(receivable)s WHEN e.kind = 'lost' THEN %(expense)s
                ELSE %(money)s END,
           'product', 1, m.date, m.date, b.balance, b.balance, GREATEST(b.balance, 0),
           GREATEST(-b.balance, 0), 0, 0, NOT is_money, CASE WHEN NOT is_money THEN e.full_id END,
           CASE WHEN NOT is_money THEN COALESCE(e.full_id::text, 'P' || e.line_id) END, 'posted',
           FALSE, e.payment_id, 'benchmark', %(user)s, m.create_date, %(user)s, m.create_date
      FROM bench_entry e
      JOIN account_move m ON m.id = e.id
      JOIN (VALUES (TRUE), (FALSE)) v (is_money) ON TRUE
      JOIN LATERAL (SELECT CASE WHEN is_money THEN e.amount ELSE -e.amount END AS balance) b
        ON TRUE
     ORDER BY e.id
"""
PARTIALS = """
    INSERT INTO account_partial_reconcile (debit_move_id, credit_move_id, amount,
           debit_amount_currency, credit_amount_currency, debit_currency_id, credit_currency_id,
           company_id, full_reconcile_id, max_date, create_uid, create_date, write_uid, write_date)
    SELECT debit, credit, amount, amount, amount, %(currency)s, %(currency)s, %(company)s,
           full_id, day, %(user)s, day, %(user)s, day
      FROM (SELECT CASE WHEN kind = 'out' THEN entry_line_id ELSE id END AS debit,
                   CASE WHEN kind = 'out' THEN id ELSE entry_line_id END AS credit,
                   ABS(settled) AS amount, full_id, entry_day AS day
              FROM bench_settled WHERE entry_id IS NOT NULL
         UNION ALL
            SELECT debit_line_id, credit_line_id, amount, full_id, day FROM bench_credit) p
     ORDER BY day
"""
WRITTEN = (FULL, ENTRY_MOVES, PAYMENTS, PAID_INVOICES, DUE_LINES, ENTRY_LINES, PARTIALS)
