"""Timelines of many customers, made by SQL: as many entries as asked, of the usual mix."""

from odoo.tools import SQL

# Entries of the two customers that are measured.
SIZES = {"Timeline 1000": 1_000, "Timeline 10000": 10_000}
# How many of ten entries are messages, interactions, invoices … (see the statements)
ENTRIES_PER_CUSTOMER = 40


def add_timelines(env, entries):
    """Insert customers whose documents and messages make about so many timeline entries.

    Of ten entries, four are messages, one each an interaction, an order and an invoice, and one
    half each a transfer, a rating, a done activity, a payment, points, a meeting or lead.

    :return: number of customers
    """
    customers = max(entries // ENTRIES_PER_CUSTOMER, 1)
    values = _get_values(env) | {"customers": customers}
    env.cr.execute(SQL(_CUSTOMERS, **values))
    for statement in _DOCUMENTS:
        env.cr.execute(SQL(statement, **values))
    env.cr.commit()
    env.cr.execute("ANALYZE")
    env.cr.commit()
    env.invalidate_all()
    return customers


def _get_values(env):
    company = env.company
    warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
    journal = env["account.journal"].search(
        [("type", "=", "sale"), ("company_id", "=", company.id)], limit=1
    )
    return {
        "company": company.id,
        "currency": company.currency_id.id,
        "journal": journal.id,
        "user": env.ref("base.user_admin").id,
        "author": env.ref("base.partner_admin").id,
        "comment": env.ref("mail.mt_comment").id,
        "type": env.ref("mail.mail_activity_data_call").id,
        "warehouse": warehouse.id,
        "picking_type": warehouse.out_type_id.id,
        "stock": warehouse.lot_stock_id.id,
        "customer_place": env.ref("stock.stock_location_customers").id,
        "stage": env["crm.stage"].search([], limit=1).id,
        "program": env["loyalty.program"].create({"name": "Points"}).id,
        "order_model": env["ir.model"]._get_id("sale.order"),
        "small": SIZES["Timeline 1000"],
        "large": SIZES["Timeline 10000"],
        "usual": ENTRIES_PER_CUSTOMER,
    }


_CUSTOMERS = """
    CREATE TEMP TABLE bench_customer ON COMMIT PRESERVE ROWS AS
    WITH made AS (
        INSERT INTO res_partner (name, complete_name, is_company, active, type, autopost_bills,
                                 partner_share)
        SELECT name, name, TRUE, TRUE, 'contact', 'ask', TRUE
          FROM (SELECT 'Timeline ' || n || '0' AS name
                  FROM generate_series(100, 1000, 900) n
             UNION ALL SELECT 'Timelines of ' || n FROM generate_series(1, %(customers)s) n) c
     RETURNING id, name
    )
    SELECT id, CASE name WHEN 'Timeline 1000' THEN %(small)s WHEN 'Timeline 10000' THEN %(large)s
                    ELSE %(usual)s END AS size FROM made;
    UPDATE res_partner p SET commercial_partner_id = p.id FROM bench_customer c WHERE c.id = p.id;
    -- one row for every ten entries
    CREATE TEMP TABLE bench_ten ON COMMIT PRESERVE ROWS AS
    SELECT c.id AS customer, k,
           date_trunc('second', now()::timestamp) - (random() * 1500) * interval '1 day' AS at
      FROM bench_customer c, generate_series(1, c.size / 10) k
"""
_ORDERS = """
    CREATE TEMP TABLE bench_order ON COMMIT PRESERVE ROWS AS
    WITH made AS (
        INSERT INTO sale_order (name, partner_id, partner_invoice_id, partner_shipping_id,
               company_id, currency_id, currency_rate, date_order, state, user_id, warehouse_id,
               amount_total, amount_untaxed, picking_policy, create_date)
        SELECT 'S/' || customer || '/' || k, customer, customer, customer, %(company)s,
               %(currency)s, 1, at, CASE WHEN k %% 5 = 0 THEN 'sent' ELSE 'sale' END, %(user)s,
               %(warehouse)s, 100, 100, 'direct', at
          FROM bench_ten
     RETURNING id, partner_id, date_order)
    SELECT id, partner_id AS customer, date_order AS at FROM made
"""
_MESSAGES = """
    WITH written AS (
        INSERT INTO mail_message (model, res_id, date, message_type, subtype_id, author_id,
               subject, body, is_internal, create_date, create_uid)
        SELECT 'sale.order', o.id, o.at + n * interval '1 hour',
               CASE n WHEN 2 THEN 'comment' WHEN 3 THEN 'sms' ELSE 'email' END, %(comment)s,
               CASE WHEN n IN (2, 3) THEN %(author)s ELSE o.customer END,
               'About your order', '<p>Text</p>', FALSE, o.at, %(user)s
          FROM bench_order o, generate_series(1, 4) n
     RETURNING id, message_type, author_id, res_id), told AS (
        INSERT INTO mail_notification (mail_message_id, res_partner_id, notification_type,
               notification_status, is_read)
        SELECT w.id, o.customer, 'email', 'sent', TRUE
          FROM written w JOIN bench_order o ON o.id = w.res_id
         WHERE w.author_id = %(author)s)
    INSERT INTO mail_message_res_partner_rel (mail_message_id, res_partner_id)
    SELECT w.id, o.customer FROM written w JOIN bench_order o ON o.id = w.res_id
     WHERE w.author_id = %(author)s
"""
# What Odoo writes in every chatter and the timeline has to pass over.
_NOISE = """
    INSERT INTO mail_message (model, res_id, date, message_type, subtype_id, author_id, body,
           is_internal, create_date)
    SELECT 'sale.order', o.id, o.at, 'notification', %(comment)s, %(author)s, '', FALSE, o.at
      FROM bench_order o, generate_series(1, 3)
"""
_INTERACTIONS = """
    INSERT INTO customer_interaction (kind, direction, date, subject, partner_id, customer_id,
           user_id, company_id, create_date)
    SELECT CASE n WHEN 1 THEN 'call' ELSE 'visit' END, 'in', at + n * interval '1 day', 'Talk',
           customer, customer, %(user)s, %(company)s, at
      FROM bench_ten, generate_series(1, 1) n
"""
_PAYMENTS = """
    INSERT INTO account_payment (name, journal_id, company_id, partner_id, partner_type,
           payment_type, state, date, amount, amount_company_currency_signed, currency_id)
    SELECT 'P/' || id, %(journal)s, %(company)s, customer, 'customer', 'inbound', 'paid', at::date,
           100, 100, %(currency)s
      FROM bench_order WHERE id %% 2 = 0
"""
_POINTS = """
    WITH card AS (
        INSERT INTO loyalty_card (program_id, company_id, partner_id, points, code, active)
        SELECT %(program)s, %(company)s, id, 0, 'c' || id, TRUE FROM bench_customer
     RETURNING id, partner_id)
    INSERT INTO loyalty_history (card_id, description, issued, used, create_date)
    SELECT c.id, 'Order', 10, 0, o.at
      FROM bench_order o JOIN card c ON c.partner_id = o.customer WHERE o.id %% 2 = 1
"""
_INVOICES = """
    INSERT INTO account_move (name, journal_id, currency_id, company_id, partner_id,
           commercial_partner_id, state, move_type, auto_post, date, invoice_date,
           invoice_date_due, payment_state, amount_total_signed, amount_untaxed_signed,
           invoice_user_id)
    SELECT 'I/' || customer || '/' || k, %(journal)s, %(currency)s, %(company)s, customer,
           customer, 'posted', 'out_invoice', 'no', at::date, at::date, at::date, 'paid', 100, 100,
           %(user)s
      FROM bench_ten
"""
_TRANSFERS = """
    INSERT INTO stock_picking (name, partner_id, sale_id, company_id, picking_type_id, state,
           date_done, location_id, location_dest_id, move_type, user_id, scheduled_date)
    SELECT 'O/' || id, customer, id, %(company)s, %(picking_type)s, 'done', at, %(stock)s,
           %(customer_place)s, 'direct', %(user)s, at
      FROM bench_order WHERE id %% 2 = 0
"""
_RATINGS = """
    INSERT INTO rating_rating (res_model_id, res_model, res_id, partner_id, rating, rating_text,
           consumed, rated_on, access_token)
    SELECT %(order_model)s, 'sale.order', id, customer, 4, 'top', TRUE, at, md5(id::text)
      FROM bench_order WHERE id %% 2 = 1
"""
_ACTIVITIES = """
    INSERT INTO mail_activity (res_model_id, res_model, res_id, activity_type_id, summary,
           user_id, date_deadline, date_done, active)
    SELECT %(order_model)s, 'sale.order', id, %(type)s, 'Call back', %(user)s, at::date, at::date,
           FALSE
      FROM bench_order WHERE id %% 2 = 0
"""
_LEADS = """
    INSERT INTO crm_lead (name, type, partner_id, company_id, user_id, stage_id, active,
           won_status, expected_revenue, create_date)
    SELECT 'Chance', 'opportunity', customer, %(company)s, %(user)s, %(stage)s, TRUE, 'pending',
           100, at
      FROM bench_ten WHERE k %% 4 = 1
"""
_MEETINGS = """
    WITH met AS (
        INSERT INTO calendar_event (name, start, stop, user_id, active, privacy, show_as)
        SELECT 'Meeting ' || customer, at, at, %(user)s, TRUE, 'public', 'busy'
          FROM bench_ten WHERE k %% 4 = 3
     RETURNING id, split_part(name, ' ', 2)::int AS customer)
    INSERT INTO calendar_attendee (event_id, partner_id, state)
    SELECT id, customer, 'accepted' FROM met
"""
_DOCUMENTS = (
    _ORDERS,
    _MESSAGES,
    _NOISE,
    _INTERACTIONS,
    _INVOICES,
    _TRANSFERS,
    _RATINGS,
    _ACTIVITIES,
    _LEADS,
    _MEETINGS,
    _PAYMENTS,
    _POINTS,
)
