from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .customer_timeline import TimelineSource
from .customer_timeline_document import POSTED, SALE_TYPES

# What people wrote; notifications of the system are not contacts.
MESSAGE_TYPES = ("email", "email_outgoing", "comment", "sms")
SALES = Domain("move_type", "in", SALE_TYPES)


class CustomerTimeline(models.Model):
    """Messages to and from customers and activities done, by the document they hang on."""

    _inherit = "customer.timeline"

    @api.model
    def _get_timeline_branches(self):
        return super()._get_timeline_branches() | {
            "message": (7, self._get_timeline_messages),
            "activity": (8, self._get_timeline_activities),
        }

    # === DOCUMENTS THAT HOLD MESSAGES ===

    @api.model
    def _get_timeline_holders(self):
        """Return the documents whose messages and activities are shown.

        model -> (field with its name, field with our person or ``None``, method returning its
        sources). Extended by every feature with documents of customers that people write on.
        """
        return {
            "res.partner": ("name", None, self._get_timeline_contact_sources),
            "crm.lead": ("name", "user_id", None),
            "sale.order": ("name", "user_id", self._get_timeline_order_sources),
            "account.move": ("name", "invoice_user_id", self._get_timeline_move_sources),
            "stock.picking": ("name", "user_id", self._get_timeline_transfer_sources),
            "customer.interaction": ("subject", "user_id", self._get_timeline_logged_sources),
        }

    @api.model
    def _get_timeline_contact_sources(self):
        return [
            self._get_timeline_source("res.partner", "id", Domain.TRUE, "commercial_partner_id")
        ]

    @api.model
    def _get_timeline_move_sources(self):
        drafts = SALES & Domain("state", "!=", "posted")
        return [
            self._get_timeline_invoice_source(POSTED),
            self._get_timeline_source("account.move", "partner_id", drafts),
        ]

    @api.model
    def _get_timeline_order_sources(self):
        return [self._get_timeline_order_source()]

    @api.model
    def _get_timeline_logged_sources(self):
        return [
            self._get_timeline_source(
                "customer.interaction", "partner_id", Domain.TRUE, "customer_id"
            )
        ]

    @api.model
    def _get_timeline_holder_table(self):
        """Return one table of all documents that hold messages; ``None`` if none is readable."""
        selects = []
        for model, (name, user, get_sources) in self._get_timeline_holders().items():
            sources = (
                get_sources() if get_sources else [self._get_timeline_source(model, "partner_id")]
            )
            selects += [
                self._select_timeline_holder(source, name, user) for source in sources if source
            ]
        return SQL("(%s)", SQL(" UNION ALL ").join(selects)) if selects else None

    @api.model
    def _select_timeline_holder(self, source, name, user):
        names = {"name": name, "company": "company_id", "made": "create_date"}
        columns = self._get_timeline_columns(source, **names, **({"user": user} if user else {}))
        if source.model._name != "customer.interaction":
            columns["made"] = SQL("NULL")
        return source.query.select(
            SQL("%s::varchar AS model", source.model._name),
            SQL("%s AS id", SQL.identifier(source.query.table, "id")),
            SQL("%s::int4 AS person", source.person),
            SQL("%s::int4 AS customer", source.customer),
            SQL("%s::varchar AS name", columns["name"]),
            SQL("%s::int4 AS company", columns["company"]),
            SQL("(%s)::int4 AS responsible", columns.get("user", SQL("NULL"))),
            SQL("(%s)::timestamp AS made", columns["made"]),
        )

    @api.model
    def _get_timeline_shared_tables(self):
        tables = super()._get_timeline_shared_tables()
        if self.env.context.get("timeline_customer") and (
            holders := self._get_timeline_holder_table()
        ):
            tables["timeline_holders"] = holders
        return tables

    def _select_timeline_held(self, number, model_name, model_field, domain, fill):
        """Return the SELECT of records that hang on a document the user may read.

        :param fill: from the query and its holder to the columns; may add conditions
        """
        table = self._get_timeline_holder_table()
        if table is None:
            return []
        if self.env.context.get("timeline_customer"):  # both branches read the same few rows
            table = SQL.identifier("timeline_holders")
        model = self.env[model_name]
        # Reading one follows from reading the document: their own rule would run it all first.
        query = model._search(domain, active_test=False, bypass_access=True)
        holder = query.make_alias(query.table, "timeline_holder")
        query.add_join(
            "JOIN",
            holder,
            table,
            SQL(
                "%s = %s AND %s = %s",
                self._get_timeline_column(query, model, model_field),
                SQL.identifier(holder, "model"),
                self._get_timeline_column(query, model, "res_id"),
                SQL.identifier(holder, "id"),
            ),
        )
        held = {
            name: SQL.identifier(holder, name)
            for name in ("person", "customer", "name", "company", "responsible", "made")
        }
        source = TimelineSource(model, query, held["person"], held["customer"])
        columns = {
            "company_id": held["company"],
            "res_model": SQL.identifier(holder, "model"),
            "res_id": SQL.identifier(holder, "id"),
        }
        return [self._select_timeline(number, source, columns | fill(source, held))]

    # === MESSAGES ===

    def _get_timeline_messages(self, number):
        """Messages written by customers, or sent to them; never internal notes."""
        domain = (
            Domain("message_type", "in", MESSAGE_TYPES)
            & Domain("model", "!=", False)
            & Domain("is_internal", "!=", True)
        )
        return self._select_timeline_held(
            number, "mail.message", "model", domain, self._fill_timeline_message
        )

    def _fill_timeline_message(self, source, held):
        query = source.query
        names = self._get_timeline_columns(
            source,
            author="author_id",
            type="message_type",
            subtype="subtype_id",
            subject="subject",
            date="date",
            made="create_date",
            maker="create_uid",
        )
        message_id = SQL.identifier(query.table, "id")
        is_ours = self._join_timeline_employee(query, names["author"])
        query.add_where(SQL(_IS_PUBLIC, type=names["type"], subtype=names["subtype"]))
        query.add_where(
            SQL(
                _IS_ADDRESSED,
                ours=is_ours,
                type=names["type"],
                id=message_id,
                staff=SQL(_EMPLOYEES),
            )
        )
        # The message a logged interaction was made of is that interaction.
        query.add_where(SQL("(%s IS DISTINCT FROM %s)", held["made"], names["made"]))
        return {
            "date": SQL("date_trunc('second', %s)", names["date"]),
            "kind": SQL(_MESSAGE_KIND, type=names["type"], ours=is_ours),
            "direction": SQL("CASE WHEN %s THEN 'out' ELSE 'in' END", is_ours),
            "channel": SQL(_MESSAGE_CHANNEL, type=names["type"], ours=is_ours),
            "subject": SQL("COALESCE(NULLIF(%s, ''), %s)", names["subject"], held["name"]),
            "user_id": SQL(
                "CASE WHEN %s THEN %s ELSE %s END", is_ours, names["maker"], held["responsible"]
            ),
            "partner_id": SQL(
                "CASE WHEN %s THEN %s ELSE COALESCE(%s, %s) END",
                is_ours,
                held["person"],
                names["author"],
                held["person"],
            ),
        }

    @api.model
    def _join_timeline_employee(self, query, author):
        """Return whether the author is one of us, as SQL."""
        employee = query.make_alias(query.table, "timeline_employee")
        partner = SQL.identifier(employee, "partner_id")
        query.add_join("LEFT JOIN", employee, SQL(_EMPLOYEES), SQL("%s = %s", partner, author))
        return SQL("(%s IS NOT NULL)", partner)

    # === ACTIVITIES ===

    def _get_timeline_activities(self, number):
        """Activities done; those planned as a meeting are shown as that meeting."""
        domain = (
            Domain("active", "=", False)
            & Domain("date_done", "!=", False)
            & Domain("calendar_event_id", "=", False)
        )
        return self._select_timeline_held(
            number, "mail.activity", "res_model", domain, self._fill_timeline_activity
        )

    def _fill_timeline_activity(self, source, held):
        query = source.query
        names = self._get_timeline_columns(source, day="date_done", summary="summary")
        columns = self._get_timeline_columns(source, user_id="user_id")
        kind = query.left_join(
            query.table, "activity_type_id", "mail_activity_type", "id", "timeline_type"
        )
        types = self.env["mail.activity.type"]
        category = self._get_timeline_column(kind, types, "category")
        type_name = types._field_to_sql(kind, "name")
        return columns | {
            "date": self._get_timeline_noon(names["day"]),
            "is_day": SQL("TRUE"),
            "kind": SQL("CASE WHEN %s = 'phonecall' THEN 'call' ELSE 'activity' END", category),
            "direction": SQL("CASE WHEN %s = 'phonecall' THEN 'out' ELSE 'none' END", category),
            "channel": SQL("CASE WHEN %s = 'phonecall' THEN 'phone' END", category),
            "subject": SQL("COALESCE(NULLIF(%s, ''), %s)", names["summary"], type_name),
            "status": type_name,
        }


_EMPLOYEES = "(SELECT DISTINCT partner_id FROM res_users WHERE share IS NOT TRUE)"
# A comment without subtype, or with an internal one, is a note among colleagues.
_IS_PUBLIC = """(%(type)s <> 'comment' OR %(subtype)s IN (
    SELECT id FROM mail_message_subtype WHERE internal IS NOT TRUE))"""
# What a colleague wrote counts only if it went to somebody outside.
_IS_ADDRESSED = """(NOT %(ours)s OR %(type)s IN ('sms', 'email_outgoing') OR EXISTS (
    SELECT FROM mail_message_res_partner_rel addressee
     WHERE addressee.mail_message_id = %(id)s AND addressee.res_partner_id NOT IN %(staff)s
) OR EXISTS (
    SELECT FROM mail_notification notice
     WHERE notice.mail_message_id = %(id)s AND notice.res_partner_id NOT IN %(staff)s))"""
_MESSAGE_KIND = """CASE WHEN %(type)s = 'sms' THEN 'sms'
    WHEN %(type)s = 'comment' AND NOT %(ours)s THEN 'message' ELSE 'email' END"""
_MESSAGE_CHANNEL = """CASE WHEN %(type)s = 'sms' THEN 'sms'
    WHEN %(type)s = 'comment' AND NOT %(ours)s THEN 'website' ELSE 'email' END"""
