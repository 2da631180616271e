"""A customer with a long history, made of the lines of a real sales file by plain SQL."""

import csv
import gzip
from datetime import datetime, timedelta

from odoo.tools import SQL

from ...devtools.paths import ROOT

SAMPLE = ROOT / "demo" / "sales_sample.csv"
ONLINE_RETAIL = ROOT.parent / "shared" / "data" / "online_retail_2010-12_2011-12.csv.gz"
# The two customers with the most lines: one year, some 400 invoices, 13 000 lines.
BIGGEST = ("17841", "14911")
KINDS = ("call", "visit", "fax", "letter", "chat", "sms", "meeting", "other")


def read_lines(count):
    """Return (invoice, moment, description, amount) of real sales lines, oldest first."""
    found = []
    if ONLINE_RETAIL.exists():
        with gzip.open(ONLINE_RETAIL, "rt", encoding="utf-8-sig") as file:
            rows = (row for row in csv.DictReader(file) if row["CustomerID"] in BIGGEST)
            found = [_read_line(row) for row in rows]
    if len(found) < count:  # the file is not everywhere: the sample again and again, year by year
        with SAMPLE.open(encoding="utf-8") as file:
            sample = [_read_line(row) for row in csv.DictReader(file)]
        found = [
            (f"{invoice}-{year}", moment - timedelta(days=366 * year), description, amount)
            for year in range(count // len(sample) + 1)
            for invoice, moment, description, amount in sample
        ]
    found.sort(key=lambda line: line[1])
    return found[-count:]


def _read_line(row):
    moment = datetime.fromisoformat(row["InvoiceDate"].strip())
    amount = float(row["Quantity"]) * float(row["UnitPrice"])
    return row["InvoiceNo"], moment, row["Description"].strip() or row["StockCode"], amount


def add_history(env, contact, user, entries):
    """Give a contact an order and an invoice per invoice of the file, and of each line an
    interaction or an e-mail: so many timeline entries in all.
    """
    lines = read_lines(entries)
    totals, moments = {}, {}
    for invoice, moment, _description, amount in lines:
        totals[invoice] = totals.get(invoice, 0) + amount
        moments.setdefault(invoice, moment)
    orders = [number for number in totals if not number.startswith("C")]
    values = {
        "contact": contact.id,
        "customer": contact.commercial_partner_id.id,
        "user": user.id,
        "company": env.company.id,
        "currency": env.company.currency_id.id,
        "warehouse": env["stock.warehouse"].search([], limit=1).id,
        "journal": env["account.journal"].search([("type", "=", "sale")], limit=1).id,
        "comment": env.ref("mail.mt_comment").id,
    }
    _insert_documents(env, values, totals, moments, orders)
    rest = lines[len(lines) - (entries - len(totals) - len(orders)) :]
    mails = [line for number, line in enumerate(rest) if number % 2 and line[0] in set(orders)]
    talks = [line for number, line in enumerate(rest) if not number % 2 or line[0] not in orders]
    _insert_talks(env, values, talks)
    _insert_mails(env, values, mails)
    env.invalidate_all()


def _insert_documents(env, values, totals, moments, orders):
    env.cr.execute(
        SQL(
            """INSERT INTO sale_order (name, partner_id, partner_invoice_id, partner_shipping_id,
                      company_id, currency_id, currency_rate, date_order, state, user_id,
                      warehouse_id, amount_total, amount_untaxed, picking_policy)
               SELECT d.number, %(contact)s, %(contact)s, %(contact)s, %(company)s, %(currency)s,
                      1, d.at, 'sale', %(user)s, %(warehouse)s, d.total, d.total, 'direct'
                 FROM unnest(%(numbers)s, %(moments)s, %(totals)s) AS d(number, at, total)""",
            **values,
            numbers=orders,
            moments=[moments[number] for number in orders],
            totals=[totals[number] for number in orders],
        )
    )
    env.cr.execute(
        SQL(
            """INSERT INTO account_move (name, journal_id, currency_id, company_id, partner_id,
                      commercial_partner_id, state, move_type, auto_post, date, invoice_date,
                      invoice_date_due, payment_state, amount_total_signed,
                      amount_untaxed_signed, invoice_user_id)
               SELECT d.number, %(journal)s, %(currency)s, %(company)s, %(contact)s, %(customer)s,
                      'posted', CASE WHEN d.total < 0 THEN 'out_refund' ELSE 'out_invoice' END,
                      'no', d.at::date, d.at::date, d.at::date, 'not_paid', d.total, d.total,
                      %(user)s
                 FROM unnest(%(numbers)s, %(moments)s, %(totals)s) AS d(number, at, total)""",
            **values,
            numbers=list(totals),
            moments=list(moments.values()),
            totals=list(totals.values()),
        )
    )


def _insert_talks(env, values, lines):
    env.cr.execute(
        SQL(
            """INSERT INTO customer_interaction (kind, direction, date, subject, partner_id,
                      customer_id, user_id, company_id, create_date)
               SELECT (%(kinds)s::varchar[])[1 + t.number %% 8],
                      CASE WHEN t.number %% 3 = 0 THEN 'out' ELSE 'in' END,
                      t.at, t.subject, %(contact)s, %(customer)s, %(user)s, %(company)s, t.at
                 FROM unnest(%(moments)s, %(subjects)s) WITH ORDINALITY AS t(at, subject, number)
            """,
            **values,
            kinds=list(KINDS),
            moments=[line[1] for line in lines],
            subjects=[line[2] for line in lines],
        )
    )


def _insert_mails(env, values, lines):
    env.cr.execute(
        SQL(
            """INSERT INTO mail_message (model, res_id, date, message_type, subtype_id, author_id,
                      subject, body, is_internal, create_date, create_uid)
               SELECT 'sale.order', o.id, m.at + m.number %% 60 * interval '1 minute', 'email',
                      %(comment)s, %(contact)s, m.subject, '', FALSE, m.at, %(user)s
                 FROM unnest(%(moments)s, %(subjects)s, %(numbers)s)
                      WITH ORDINALITY AS m(at, subject, order_number, number)
                 JOIN sale_order o ON o.name = m.order_number AND o.partner_id = %(contact)s""",
            **values,
            moments=[line[1] for line in lines],
            subjects=[line[2] for line in lines],
            numbers=[line[0] for line in lines],
        )
    )
