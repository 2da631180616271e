"""Customers, their rhythm, and the lines of their invoices and credit notes: work tables.

Every table of the history is first worked out beside the tables of Odoo, so that these are
written once, in the order of the days. Dice are thrown with a fixed seed.
"""

# Shares, as in life: one customer in twenty never bought, one in five has a contact of its own
# who orders, one in four orders and gets deliveries, one in two pays by payments; of others we
# only know that they paid.
CUSTOMERS = """
    CREATE TEMP TABLE bench_customer ON COMMIT DROP AS
    SELECT n, nextval('res_partner_id_seq')::int AS id,
           CASE WHEN n %% 5 = 2 THEN nextval('res_partner_id_seq')::int END AS contact_id,
           n %% 20 = 0 AS is_prospect, n %% 4 = 1 AS has_orders, n %% 2 = 1 AS has_payments,
           n %% 6 = 1 AS pays_monthly, n %% 33 = 1 AS is_bad, n %% 10 = 3 AS is_seasonal,
           POWER(GREATEST(random(), 0.0001), -0.6) - 0.95 AS weight,
           (30 + 1065 * SQRT(random()))::int AS age,
           CASE WHEN random() < 0.35 THEN 0.05 + 0.8 * random() ELSE 1 END AS life,
           (30 * POWER(random(), 3) - 5)::int AS habit,
           random() AS mood
      FROM generate_series(1, %(customers)s) n
"""
# A few customers buy often, many once or twice: a power law, the sum as asked.
COUNTS = """
    CREATE TEMP TABLE bench_count ON COMMIT DROP AS
    SELECT n, (until - LAG(until, 1, 0) OVER (ORDER BY n))::int AS invoices
      FROM (SELECT n, ROW_NUMBER() OVER age + ROUND(
                       GREATEST(%(invoices)s - COUNT(*) OVER (), 0)
                       * SUM(weight) OVER age / SUM(weight) OVER ())::bigint AS until
              FROM bench_customer
             WHERE NOT is_prospect
            WINDOW age AS (ORDER BY n)) c
"""
# Each customer at a rhythm of their own until they leave; some wait for the end of the year.
INVOICES = """
    CREATE TEMP TABLE bench_invoice ON COMMIT DROP AS
    WITH rhythm AS (
        SELECT c.*, k, b.invoices, random() AS dice, random() AS style, random() AS size,
               CURRENT_DATE - 1 - c.age + (c.age * c.life * (k - 0.8 * random())
                                           / b.invoices)::int AS day
          FROM bench_count b
          JOIN bench_customer c ON c.n = b.n, generate_series(1, b.invoices) k
    ), dated AS (
        SELECT r.*, CASE WHEN s.day < CURRENT_DATE AND s.day > CURRENT_DATE - r.age
                         THEN s.day ELSE r.day END AS final_day
          FROM rhythm r
          JOIN LATERAL (SELECT CASE WHEN r.is_seasonal OR r.size < 0.06
                               THEN date_trunc('year', r.day)::date + 310 + (45 * r.style)::int
                               ELSE r.day END AS day) s ON TRUE
    ), numbered AS (
        SELECT d.*, ROW_NUMBER() OVER (ORDER BY final_day, n, k) AS number FROM dated d
    ), chained AS (
        SELECT *, LAG(number) OVER mine AS before, LAG(final_day) OVER mine AS before_day,
               COALESCE(dice < 0.06 AND LAG(dice) OVER mine >= 0.06, FALSE) AS is_refund
          FROM numbered
        WINDOW mine AS (PARTITION BY n ORDER BY number)
    )
    SELECT (%(move_base)s + number)::int AS id, number, n, id AS customer,
           CASE WHEN contact_id IS NOT NULL AND size < 0.5 THEN contact_id ELSE id END AS partner,
           has_orders, has_payments, pays_monthly, is_bad, habit, is_refund, style, size,
           1 + FLOOR(random() * (2 * %(mean_lines)s - 1))::int AS lines,
           CASE WHEN is_refund THEN LEAST(before_day + 1 + (30 * style)::int, CURRENT_DATE - 1)
                ELSE final_day END AS day,
           CASE WHEN is_refund THEN (%(move_base)s + before)::int END AS source_id,
           CASE WHEN is_refund AND style < 0.6 THEN (%(move_base)s + before)::int END AS named_id,
           CASE WHEN random() < 0.5
                THEN (n * 7919 + FLOOR(6 * POWER(random(), 2))::int) %% %(products)s
                ELSE FLOOR(%(products)s * POWER(random(), 2.5))::int END AS product
      FROM chained
     ORDER BY number
"""
# The second product often is the neighbour of the first: there is something to learn.
LINES = """
    CREATE TEMP TABLE bench_line ON COMMIT DROP AS
    WITH drawn AS (
        SELECT i.id AS move_id, i.has_orders, k, NULL::int AS source_id,
               CASE WHEN k = 1 THEN i.product
                    WHEN random() < 0.35 THEN (i.product + k - 1) %% %(products)s
                    ELSE FLOOR(%(products)s * POWER(random(), 2.5))::int END AS product,
               1 + FLOOR(9 * POWER(random(), 3))::int AS quantity
          FROM bench_invoice i, generate_series(1, i.lines) k
         WHERE NOT i.is_refund
    )
    SELECT nextval('account_move_line_id_seq')::int AS id, d.move_id, d.has_orders, d.k,
           d.source_id, p.id AS product_id, p.is_storable, p.price, p.cost, d.quantity,
           ROUND(p.price * d.quantity, 2) AS amount
      FROM (SELECT * FROM drawn ORDER BY move_id, k) d
      JOIN bench_product p ON p.number = d.product
"""
# A quarter of the credit notes take everything back, the others the first line.
REFUND_LINES = """
    INSERT INTO bench_line
    SELECT nextval('account_move_line_id_seq')::int, r.id, r.has_orders, l.k, l.id, l.product_id,
           l.is_storable, l.price, l.cost, q.quantity, ROUND(l.price * q.quantity, 2)
      FROM bench_invoice r
      JOIN bench_line l ON l.move_id = r.source_id AND (l.k = 1 OR r.size < 0.25)
      JOIN LATERAL (SELECT CASE WHEN r.size BETWEEN 0.25 AND 0.6 THEN (l.quantity + 1) / 2
                           ELSE l.quantity END AS quantity) q ON TRUE
     WHERE r.is_refund
"""
TOTALS = """
    CREATE TEMP TABLE bench_total ON COMMIT DROP AS
    SELECT move_id, SUM(amount) AS total FROM bench_line GROUP BY move_id
"""
WORK = (
    (CUSTOMERS, "bench_customer"),
    (COUNTS, "bench_count"),
    (INVOICES, "bench_invoice"),
    (LINES, "bench_line"),
    (REFUND_LINES, "bench_line"),
    (TOTALS, "bench_total"),
)

PARTNERS = """
    INSERT INTO res_partner (id, name, complete_name, is_company, active, type, autopost_bills,
           commercial_partner_id, commercial_company_name, customer_rank, partner_share, email,
           email_normalized, color, lang, create_uid, create_date, write_uid, write_date)
    SELECT id, name, name, TRUE, TRUE, 'contact', 'ask', id, name, 1, TRUE, mail, mail, 0,
           'en_US', %(user)s, made, %(user)s, made
      FROM (SELECT id, 'Benchmark ' || n AS name, 'b' || n || '@example.com' AS mail,
                   now()::timestamp - age * interval '1 day' AS made
              FROM bench_customer) c
"""
CONTACTS = """
    INSERT INTO res_partner (id, parent_id, name, complete_name, is_company, active, type,
           autopost_bills, commercial_partner_id, commercial_company_name, customer_rank,
           partner_share, color, lang, create_uid, create_date, write_uid, write_date)
    SELECT contact_id, id, 'Buyer ' || n, 'Benchmark ' || n || ', Buyer ' || n, FALSE, TRUE,
           'contact', 'ask', id, 'Benchmark ' || n, 0, TRUE, 0, 'en_US', %(user)s, now(),
           %(user)s, now()
      FROM bench_customer WHERE contact_id IS NOT NULL
"""
MOVES = """
    INSERT INTO account_move (id, name, sequence_prefix, sequence_number, journal_id, currency_id,
           company_id, partner_id, partner_shipping_id, commercial_partner_id,
           invoice_partner_display_name, state, move_type, auto_post, date, invoice_date,
           invoice_date_due, payment_state, amount_untaxed, amount_total, amount_tax,
           amount_residual, amount_untaxed_signed, amount_total_signed, amount_tax_signed,
           amount_residual_signed, amount_untaxed_in_currency_signed,
           amount_total_in_currency_signed, reversed_entry_id, invoice_user_id, posted_before,
           checked, made_sequence_gap, invoice_currency_rate, ref, create_uid, create_date,
           write_uid, write_date)
    SELECT i.id, i.prefix || i.number, i.prefix, i.number, %(journal)s, %(currency)s, %(company)s,
           i.partner, i.partner, i.customer, 'Benchmark ' || i.n, 'posted',
           CASE WHEN is_refund THEN 'out_refund' ELSE 'out_invoice' END, 'no', day, day,
           d.due, CASE WHEN d.residual = 0 THEN CASE WHEN d.is_credited THEN 'reversed'
                                                     ELSE 'paid' END
                       WHEN d.residual = t.total THEN 'not_paid' ELSE 'partial' END,
           t.total, t.total, 0, d.residual, sign * t.total, sign * t.total, 0,
           sign * d.residual, sign * t.total, sign * t.total, i.named_id, %(user)s, TRUE, TRUE,
           FALSE, 1, 'benchmark', %(user)s, day, %(user)s, day
      FROM (SELECT *, CASE WHEN is_refund THEN -1 ELSE 1 END AS sign,
                   CASE WHEN is_refund THEN 'RINV/' ELSE 'INV/' END
                       || EXTRACT(year FROM day) || '/' AS prefix
              FROM bench_invoice) i
      JOIN bench_total t ON t.move_id = i.id
      JOIN (SELECT move_id, MAX(due) AS due, ABS(SUM(residual)) AS residual,
                   BOOL_AND(fate = 'credited') AS is_credited
              FROM bench_settled GROUP BY move_id) d ON d.move_id = i.id
     ORDER BY i.id
"""
MOVE_LINES = """
    INSERT INTO account_move_line (id, move_id, move_name, sequence, name, journal_id, company_id,
           company_currency_id, currency_id, partner_id, account_id, product_id, product_uom_id,
           display_type, quantity, price_unit, discount, price_subtotal, price_total, date,
           invoice_date, balance, amount_currency, debit, credit, amount_residual,
           amount_residual_currency, reconciled, parent_state, is_downpayment, ref,
           create_uid, create_date, write_uid, write_date)
    SELECT l.id, l.move_id, m.name, 10 * l.k, 'Product', m.journal_id, m.company_id,
           m.currency_id, m.currency_id, m.commercial_partner_id, %(income)s, l.product_id,
           %(unit)s, 'product', l.quantity, l.price, 0, l.amount, l.amount, m.date,
           m.invoice_date, s.sign * l.amount, s.sign * l.amount,
           CASE WHEN s.sign > 0 THEN l.amount ELSE 0 END,
           CASE WHEN s.sign < 0 THEN l.amount ELSE 0 END, 0, 0, FALSE, 'posted', FALSE,
           'benchmark', %(user)s, m.create_date, %(user)s, m.create_date
      FROM bench_line l
      JOIN account_move m ON m.id = l.move_id
      JOIN LATERAL (SELECT CASE WHEN m.move_type = 'out_refund' THEN 1 ELSE -1 END AS sign) s
        ON TRUE
     ORDER BY l.move_id, l.k
"""
WRITTEN = (PARTNERS, CONTACTS, MOVES, MOVE_LINES)
