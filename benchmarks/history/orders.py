"""Orders behind the invoices of some customers, what was delivered when, and what came back."""

# Beside the orders that were invoiced: quotations, and orders on their way.
ORDERS = """
    CREATE TEMP TABLE bench_order ON COMMIT DROP AS
    SELECT nextval('sale_order_id_seq')::int AS id, o.*
      FROM (SELECT i.id AS move_id, i.customer, i.partner, 'sale' AS state, i.day AS done_day,
                   CASE WHEN i.style < 0.8 THEN i.day + (3 * i.size)::int
                        ELSE i.day - 1 - (9 * i.size)::int END AS promise_day,
                   i.day - 4 - (9 * random())::int AS day, i.size < 0.08 AS is_split
              FROM bench_invoice i
             WHERE i.has_orders AND NOT i.is_refund
         UNION ALL
            SELECT NULL, c.id, COALESCE(c.contact_id, c.id),
                   CASE WHEN k %% 2 = 0 THEN 'sent' ELSE 'draft' END, NULL, NULL,
                   CURRENT_DATE - (60 * random())::int, FALSE
              FROM bench_customer c, generate_series(1, 1 + (2 * c.mood)::int) k
             WHERE c.n %% 12 = 0
         UNION ALL
            SELECT NULL, c.id, c.id, 'sale', CASE WHEN c.mood < 0.5 THEN CURRENT_DATE - 1 END,
                   CURRENT_DATE - 3 + (9 * random())::int, CURRENT_DATE - 5 - (15 * c.mood)::int,
                   FALSE
              FROM bench_customer c
             WHERE c.n %% 40 = 1
          ORDER BY 6, 1) o
"""
ORDER_LINES = """
    CREATE TEMP TABLE bench_order_line ON COMMIT DROP AS
    WITH wanted AS (
        SELECT o.id AS order_id, l.id AS line_id, l.k, l.product_id, l.is_storable, l.price,
               l.cost, l.quantity, l.amount
          FROM bench_order o
          JOIN bench_line l ON l.move_id = o.move_id
     UNION ALL
        SELECT o.order_id, NULL, o.k, p.id, p.is_storable, p.price, p.cost, o.quantity,
               ROUND(p.price * o.quantity, 2)
          FROM (SELECT id AS order_id, k,
                       FLOOR(%(products)s * POWER(random(), 2.5))::int AS product,
                       1 + (4 * random())::int AS quantity
                  FROM bench_order, generate_series(1, 3) k
                 WHERE move_id IS NULL) o
          JOIN bench_product p ON p.number = o.product
    )
    SELECT nextval('sale_order_line_id_seq')::int AS id, w.*,
           CASE WHEN o.is_split AND w.k %% 2 = 0 THEN 2 ELSE 1 END AS part
      FROM (SELECT * FROM wanted ORDER BY order_id, k) w
      JOIN bench_order o ON o.id = w.order_id
"""
# What credit notes say of the order: those that name nothing at all are done by hand.
CREDITED = """
    CREATE TEMP TABLE bench_credited ON COMMIT DROP AS
    SELECT o.id AS order_line_id, l.id AS line_id, l.quantity, l.amount, i.id AS move_id, i.day,
           i.style, i.customer, o.order_id, o.product_id, o.cost, o.is_storable
      FROM bench_invoice i
      JOIN bench_line l ON l.move_id = i.id
      JOIN bench_order_line o ON o.line_id = l.source_id
     WHERE i.is_refund AND i.has_orders
"""
PICKINGS = """
    CREATE TEMP TABLE bench_picking ON COMMIT DROP AS
    SELECT nextval('stock_picking_id_seq')::int AS id, p.*
      FROM (SELECT o.id AS order_id, o.partner, l.part, FALSE AS is_return,
                   o.done_day + CASE WHEN l.part = 2 THEN LEAST(3, CURRENT_DATE - 1 - o.done_day)
                                     ELSE 0 END AS day, o.promise_day
              FROM bench_order o
              JOIN bench_order_line l ON l.order_id = o.id AND l.is_storable
             WHERE o.done_day IS NOT NULL
          GROUP BY o.id, o.partner, l.part, o.done_day, o.promise_day
         UNION ALL
            SELECT c.order_id, c.customer, c.move_id, TRUE, c.day - 1, c.day - 1
              FROM bench_credited c
             WHERE c.is_storable AND c.style NOT BETWEEN 0.3 AND 0.5
          GROUP BY c.order_id, c.customer, c.move_id, c.day
          ORDER BY 5, 1) p
"""
STOCK_MOVES = """
    CREATE TEMP TABLE bench_move ON COMMIT DROP AS
    SELECT nextval('stock_move_id_seq')::int AS id, m.*
      FROM (SELECT p.id AS picking_id, p.partner, p.is_return, p.day, p.promise_day, p.order_id,
                   l.id AS order_line_id, l.product_id, l.quantity, l.cost
              FROM bench_picking p
              JOIN bench_order_line l ON l.order_id = p.order_id AND l.part = p.part
             WHERE NOT p.is_return AND l.is_storable
         UNION ALL
            SELECT p.id, p.partner, p.is_return, p.day, p.promise_day, p.order_id,
                   c.order_line_id, c.product_id, c.quantity, c.cost
              FROM bench_picking p
              JOIN bench_credited c ON c.move_id = p.part AND c.order_id = p.order_id
             WHERE p.is_return AND c.is_storable
          ORDER BY 1) m
"""
WORK = (
    (ORDERS, "bench_order"),
    (ORDER_LINES, "bench_order_line"),
    (CREDITED, "bench_credited"),
    (PICKINGS, "bench_picking"),
    (STOCK_MOVES, "bench_move"),
)

ORDERS_WRITTEN = """
    INSERT INTO sale_order (id, name, partner_id, partner_invoice_id, partner_shipping_id,
           company_id, currency_id, currency_rate, date_order, commitment_date, state, user_id,
           warehouse_id, amount_untaxed, amount_tax, amount_total, picking_policy, invoice_status,
           delivery_status, locked, require_signature, require_payment, create_uid, create_date,
           write_uid, write_date)
    SELECT o.id, 'SB' || o.id, o.partner, o.partner, o.partner, %(company)s, %(currency)s, 1,
           o.day + interval '9 hours', o.promise_day + interval '15 hours', o.state, %(user)s,
           %(warehouse)s, t.amount, 0, t.amount, 'direct',
           CASE WHEN o.state <> 'sale' THEN 'no' WHEN o.move_id IS NULL THEN 'to invoice'
                ELSE 'invoiced' END,
           CASE WHEN o.done_day IS NOT NULL THEN 'full'
                WHEN o.state = 'sale' THEN 'pending' END, FALSE, FALSE, FALSE, %(user)s,
           o.day, %(user)s, o.day
      FROM bench_order o
      JOIN (SELECT order_id, SUM(amount) AS amount FROM bench_order_line GROUP BY order_id) t
        ON t.order_id = o.id
     ORDER BY o.id
"""
ORDER_LINES_WRITTEN = """
    INSERT INTO sale_order_line (id, order_id, sequence, name, product_id, product_uom_id,
           product_uom_qty, price_unit, technical_price_unit, discount, price_subtotal, price_total,
           price_tax, price_reduce_taxexcl, price_reduce_taxinc, customer_lead, company_id,
           currency_id, order_partner_id, salesman_id, state, is_downpayment, is_expense,
           qty_delivered_method, qty_delivered, qty_invoiced, qty_to_invoice, invoice_status,
           untaxed_amount_invoiced, untaxed_amount_to_invoice, create_uid, create_date, write_uid,
           write_date)
    SELECT l.id, l.order_id, 10 * l.k, 'Product', l.product_id, %(unit)s, l.quantity, l.price,
           l.price, 0, l.amount, l.amount, 0, l.price, l.price, 0, %(company)s, %(currency)s,
           o.partner, %(user)s, o.state, FALSE, FALSE,
           CASE WHEN l.is_storable THEN 'stock_move' ELSE 'manual' END, s.delivered, s.invoiced,
           GREATEST(s.delivered - s.invoiced, 0),
           CASE WHEN o.state <> 'sale' THEN 'no' WHEN o.move_id IS NOT NULL THEN 'invoiced'
                WHEN s.delivered > 0 THEN 'to invoice' ELSE 'no' END,
           s.invoiced * l.price, GREATEST(s.delivered - s.invoiced, 0) * l.price, %(user)s, o.day,
           %(user)s, o.day
      FROM bench_order_line l
      JOIN bench_order o ON o.id = l.order_id
 LEFT JOIN (SELECT order_line_id, SUM(quantity) FILTER (WHERE style < 0.8) AS quantity,
                   SUM(quantity) FILTER (WHERE style NOT BETWEEN 0.3 AND 0.5) AS returned
              FROM bench_credited GROUP BY order_line_id) c ON c.order_line_id = l.id
      JOIN LATERAL (
           SELECT CASE WHEN o.done_day IS NULL THEN 0
                       ELSE l.quantity - COALESCE(c.returned, 0) END AS delivered,
                  CASE WHEN o.move_id IS NULL THEN 0
                       ELSE l.quantity - COALESCE(c.quantity, 0) END AS invoiced) s ON TRUE
     ORDER BY l.id
"""
INVOICED = """
    INSERT INTO sale_order_line_invoice_rel (order_line_id, invoice_line_id)
    SELECT id, line_id FROM bench_order_line WHERE line_id IS NOT NULL
 UNION ALL
    SELECT order_line_id, line_id FROM bench_credited WHERE style < 0.8
"""
PICKINGS_WRITTEN = """
    INSERT INTO stock_picking (id, name, partner_id, sale_id, origin, company_id, picking_type_id,
           state, date_done, scheduled_date, date_deadline, location_id, location_dest_id,
           move_type, user_id, priority, is_locked, has_deadline_issue, create_uid, create_date,
           write_uid, write_date)
    SELECT p.id, CASE WHEN p.is_return THEN 'WH/IN/B' ELSE 'WH/OUT/B' END || p.id, p.partner,
           p.order_id, 'SB' || p.order_id, %(company)s,
           CASE WHEN p.is_return THEN %(type_in)s ELSE %(type_out)s END, 'done',
           p.day + interval '10 hours', p.day, p.promise_day + interval '15 hours',
           CASE WHEN p.is_return THEN %(customer_place)s ELSE %(stock)s END,
           CASE WHEN p.is_return THEN %(stock)s ELSE %(customer_place)s END, 'direct', %(user)s,
           '0', TRUE, FALSE, %(user)s, p.day, %(user)s, p.day
      FROM bench_picking p
     ORDER BY p.id
"""
STOCK_MOVES_WRITTEN = """
    INSERT INTO stock_move (id, picking_id, picking_type_id, reference, origin, partner_id,
           sale_line_id, product_id, product_uom, product_uom_qty, product_qty, quantity, picked,
           location_id, location_dest_id, location_final_id, warehouse_id, company_id, date,
           date_deadline, state, procure_method, value, price_unit, priority, to_refund, is_in,
           is_out, is_dropship, is_inventory, propagate_cancel, additional, sequence, create_uid,
           create_date, write_uid, write_date)
    SELECT m.id, m.picking_id, CASE WHEN m.is_return THEN %(type_in)s ELSE %(type_out)s END,
           CASE WHEN m.is_return THEN 'WH/IN/B' ELSE 'WH/OUT/B' END || m.picking_id,
           'SB' || m.order_id, m.partner, m.order_line_id, m.product_id, %(unit)s, m.quantity,
           m.quantity, m.quantity, TRUE, p.from_id, p.to_id, p.to_id, %(warehouse)s, %(company)s,
           m.day + interval '10 hours', m.promise_day + interval '15 hours', 'done',
           'make_to_stock', m.cost * m.quantity, m.cost, '0', m.is_return, m.is_return,
           NOT m.is_return, FALSE, FALSE, TRUE, FALSE, 10, %(user)s, m.day, %(user)s, m.day
      FROM bench_move m
      JOIN LATERAL (
           SELECT CASE WHEN m.is_return THEN %(customer_place)s ELSE %(stock)s END AS from_id,
                  CASE WHEN m.is_return THEN %(stock)s ELSE %(customer_place)s END AS to_id) p
        ON TRUE
     ORDER BY m.id
"""
STOCK_LINES_WRITTEN = """
    INSERT INTO stock_move_line (move_id, picking_id, product_id, product_uom_id, quantity,
           quantity_product_uom, picked, location_id, location_dest_id, company_id, date, state,
           create_uid, create_date, write_uid, write_date)
    SELECT m.id, m.picking_id, m.product_id, %(unit)s, m.quantity, m.quantity, TRUE,
           CASE WHEN m.is_return THEN %(customer_place)s ELSE %(stock)s END,
           CASE WHEN m.is_return THEN %(stock)s ELSE %(customer_place)s END, %(company)s,
           m.day + interval '10 hours', 'done', %(user)s, m.day, %(user)s, m.day
      FROM bench_move m
     ORDER BY m.id
"""
WRITTEN = (
    ORDERS_WRITTEN,
    ORDER_LINES_WRITTEN,
    INVOICED,
    PICKINGS_WRITTEN,
    STOCK_MOVES_WRITTEN,
    STOCK_LINES_WRITTEN,
)
