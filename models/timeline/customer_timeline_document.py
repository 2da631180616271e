from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .customer_timeline import TimelineSource, _is_any

SALE_TYPES = ("out_invoice", "out_refund", "out_receipt")
# PostgreSQL uses the index on invoices of a customer only under the very condition of the index.
POSTED = Domain("state", "=", "posted") & Domain("move_type", "in", SALE_TYPES)


class CustomerTimeline(models.Model):
    """Leads, quotations, orders, invoices, payments and transfers."""

    _inherit = "customer.timeline"

    @api.model
    def _get_timeline_branches(self):
        return super()._get_timeline_branches() | {
            "lead": (2, self._get_timeline_leads),
            "order": (3, self._get_timeline_orders),
            "invoice": (4, self._get_timeline_invoices),
            "payment": (5, self._get_timeline_payments),
            "transfer": (6, self._get_timeline_transfers),
        }

    def _get_timeline_leads(self, number):
        source = self._get_timeline_source("crm.lead", "partner_id")
        if not source:
            return []
        query, leads = source.query, source.model
        stage = query.left_join(query.table, "stage_id", "crm_stage", "id", "timeline_stage")
        names = self._get_timeline_columns(
            source, type="type", won="won_status", amount="expected_revenue", date="create_date"
        )
        columns = self._get_timeline_columns(
            source, subject="name", user_id="user_id", company_id="company_id"
        )
        lost = dict(leads._fields["won_status"]._description_selection(self.env))["lost"]
        columns |= {
            "date": SQL("date_trunc('second', %s)", names["date"]),
            "kind": SQL("CASE WHEN %s = 'lead' THEN 'lead' ELSE 'opportunity' END", names["type"]),
            "direction": SQL("'none'"),
            "status": SQL(
                "CASE WHEN %s = 'lost' THEN %s ELSE %s END",
                names["won"],
                lost,
                self.env["crm.stage"]._field_to_sql(stage, "name"),
            ),
            "amount": names["amount"],
        }
        return [self._select_timeline(number, source, columns)]

    def _get_timeline_orders(self, number):
        source = self._get_timeline_order_source()
        if not source:
            return []
        names = self._get_timeline_columns(
            source, state="state", amount="amount_total", rate="currency_rate"
        )
        columns = self._get_timeline_columns(
            source, date="date_order", subject="name", user_id="user_id", company_id="company_id"
        )
        columns |= {
            "kind": SQL("CASE WHEN %s = 'sale' THEN 'order' ELSE 'quotation' END", names["state"]),
            "direction": SQL("CASE WHEN %s = 'sale' THEN 'in' ELSE 'out' END", names["state"]),
            "channel": SQL("'document'"),
            "status": self._get_timeline_labels(source, "state"),
            "amount": SQL("%s / COALESCE(NULLIF(%s, 0), 1)", names["amount"], names["rate"]),
        }
        return [self._select_timeline(number, source, columns)]

    def _get_timeline_invoices(self, number):
        source = self._get_timeline_invoice_source(POSTED)
        if not source:
            return []
        names = self._get_timeline_columns(source, type="move_type", day="invoice_date")
        columns = self._get_timeline_columns(
            source,
            subject="name",
            user_id="invoice_user_id",
            company_id="company_id",
            amount="amount_total_signed",
        )
        columns |= {
            "date": self._get_timeline_noon(names["day"]),
            "is_day": SQL("TRUE"),
            "kind": SQL(
                "CASE WHEN %s = 'out_refund' THEN 'credit_note' ELSE 'invoice' END", names["type"]
            ),
            "direction": SQL("'out'"),
            "channel": SQL("'document'"),
            "status": self._get_timeline_labels(source, "payment_state"),
        }
        return [self._select_timeline(number, source, columns)]

    def _get_timeline_payments(self, number):
        real = Domain("partner_type", "=", "customer") & Domain(
            "state", "in", ("in_process", "paid")
        )
        source = self._get_timeline_source("account.payment", "partner_id", real)
        if not source:
            return []
        names = self._get_timeline_columns(source, type="payment_type", day="date")
        columns = self._get_timeline_columns(
            source,
            subject="name",
            user_id="create_uid",
            company_id="company_id",
            amount="amount_company_currency_signed",
        )
        columns |= {
            "date": self._get_timeline_noon(names["day"]),
            "is_day": SQL("TRUE"),
            "kind": SQL("'payment'"),
            "direction": SQL("CASE WHEN %s = 'inbound' THEN 'in' ELSE 'out' END", names["type"]),
            "channel": SQL("'document'"),
            "status": self._get_timeline_labels(source, "state"),
        }
        return [self._select_timeline(number, source, columns)]

    def _get_timeline_transfers(self, number):
        """Done transfers to and from customers; moves within the company are not their business."""
        sources = self._get_timeline_transfer_sources(Domain("state", "=", "done"))
        return [self._select_timeline_transfers(number, source) for source in sources]

    def _select_timeline_transfers(self, number, source):
        query, places = source.query, self.env["stock.location"]
        start = query.join(query.table, "location_id", "stock_location", "id", "timeline_start")
        end = query.join(query.table, "location_dest_id", "stock_location", "id", "timeline_end")
        is_return = SQL("%s = 'customer'", self._get_timeline_column(start, places, "usage"))
        is_delivery = SQL("%s = 'customer'", self._get_timeline_column(end, places, "usage"))
        query.add_where(SQL("(%s) <> (%s)", is_return, is_delivery))
        columns = self._get_timeline_columns(
            source, date="date_done", subject="name", user_id="user_id", company_id="company_id"
        )
        columns |= {
            "kind": SQL("CASE WHEN %s THEN 'return' ELSE 'delivery' END", is_return),
            "direction": SQL("CASE WHEN %s THEN 'in' ELSE 'out' END", is_return),
            "channel": SQL("'document'"),
        }
        return self._select_timeline(number, source, columns)

    @api.model
    def _get_timeline_transfer_sources(self, domain=Domain.TRUE):
        """Return transfers by the customer of their order, and those without order by address.

        Goods may go to anybody's address: they are still a delivery to the customer who ordered.
        """
        ordered = self._get_timeline_query("stock.picking", domain & Domain("sale_id", "!=", False))
        other = self._get_timeline_query("stock.picking", domain & Domain("sale_id", "=", False))
        # A query is true by running it: only ask whether there is one.
        return [
            *([] if ordered is None else [self._join_timeline_order(ordered)]),
            *([] if other is None else [self._get_timeline_other_transfers(other)]),
        ]

    @api.model
    def _join_timeline_order(self, query):
        pickings, orders = self.env["stock.picking"], self.env["sale.order"]
        order = query.join(query.table, "sale_id", "sale_order", "id", "timeline_order")
        return TimelineSource(
            pickings,
            query,
            SQL(
                "COALESCE(%s, %s)",
                self._get_timeline_column(query, pickings, "partner_id"),
                self._get_timeline_column(order, orders, "partner_id"),
            ),
            self._get_timeline_order_customer(query, order),
        )

    @api.model
    def _get_timeline_other_transfers(self, query):
        """Return transfers without an order: they stay with whom their address belonged to."""
        pickings = self.env["stock.picking"]
        names = ("customer_moved_from_id", "partner_id")
        origins = [self._get_timeline_column(query, pickings, name) for name in names]
        customer = self._get_timeline_origin_customer(query, SQL("COALESCE(%s, %s)", *origins))
        return TimelineSource(pickings, query, origins[1], customer)

    @api.model
    def _get_timeline_order_source(self):
        """Return the orders with the customer each is counted for, or ``None``."""
        query = self._get_timeline_query("sale.order")
        if query is None:
            return None
        orders = self.env["sale.order"]
        person = self._get_timeline_column(query, orders, "partner_id")
        customer = self._get_timeline_order_customer(query, query.table)
        return TimelineSource(orders, query, person, customer)

    @api.model
    def _get_timeline_invoice_source(self, domain=Domain.TRUE):
        """Return invoices with today's customer of the one on the document, or ``None``."""
        query = self._get_timeline_query("account.move", domain)
        if query is None:
            return None
        moves = self.env["account.move"]
        person = self._get_timeline_column(query, moves, "partner_id")
        customer = self._join_timeline_customer(query, moves, "commercial_partner_id")
        return TimelineSource(moves, query, person, customer)

    @api.model
    def _get_timeline_order_customer(self, query, order):
        """Restrict a query to the orders of the customer; return the customer as a column."""
        profiles = self.env["customer.profile"]
        if customer := self.env.context.get("timeline_customer"):
            found = profiles._select_orders_of([customer])
            query.add_where(SQL("%s IN %s", SQL.identifier(order, "id"), found))
            return SQL("%s::int4", customer)
        return self._get_timeline_origin_customer(query, profiles._get_order_origin_sql(order))

    @api.model
    def _get_timeline_origin_customer(self, query, origin):
        """Return today's customer of whom a document was with, as a column."""
        if customer := self.env.context.get("timeline_customer"):
            query.add_where(_is_any(origin, self.env.context["timeline_contacts"]))
            return SQL("%s::int4", customer)
        condition = SQL("timeline_partner.id = %s", origin)
        query.add_join("JOIN", "timeline_partner", "res_partner", condition)
        return self._get_timeline_column(
            "timeline_partner", self.env["res.partner"], "commercial_partner_id"
        )
