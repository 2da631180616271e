from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, Query

from ..base.folded_text import FoldedChar

# Room for as many kinds of sources in an id: document id × 32 + number of the branch.
MAX_BRANCHES = 32
KINDS = [
    ("call", "Call"),
    ("visit", "Visit"),
    ("meeting", "Meeting"),
    ("email", "Email"),
    ("sms", "SMS"),
    ("chat", "Chat"),
    ("message", "Message"),
    ("fax", "Fax"),
    ("letter", "Letter"),
    ("activity", "Activity"),
    ("lead", "Lead"),
    ("opportunity", "Opportunity"),
    ("quotation", "Quotation"),
    ("order", "Order"),
    ("invoice", "Invoice"),
    ("credit_note", "Credit note"),
    ("payment", "Payment"),
    ("delivery", "Delivery"),
    ("return", "Return"),
    ("rating", "Rating"),
    ("survey", "Survey answer"),
    ("points", "Loyalty points"),
    ("mailing", "Mass mailing"),
    ("website_visit", "Website visit"),
    ("other", "Other"),
]
DIRECTIONS = [
    ("in", "Incoming"),
    ("out", "Outgoing"),
    ("both", "Both ways"),
    ("none", "No direction"),
]
CHANNELS = [
    ("phone", "Phone"),
    ("email", "Email"),
    ("sms", "SMS"),
    ("chat", "Chat"),
    ("website", "Website"),
    ("fax", "Fax"),
    ("letter", "Letter"),
    ("in_person", "In person"),
    ("shop", "Shop"),
    ("document", "Document"),
    ("other", "Other"),
]
# Every branch has these columns, in this order and of these types: only then does PostgreSQL
# carry a condition on the customer into each branch.
COLUMNS = {
    "date": SQL("timestamp"),
    "is_day": SQL("bool"),
    "kind": SQL("varchar"),
    "direction": SQL("varchar"),
    "channel": SQL("varchar"),
    "subject": SQL("varchar"),
    "status": SQL("varchar"),
    "amount": SQL("numeric"),
    "currency_id": SQL("int4"),
    "user_id": SQL("int4"),
    "partner_id": SQL("int4"),
    "customer_id": SQL("int4"),
    "company_id": SQL("int4"),
    "res_model": SQL("varchar"),
    "res_id": SQL("int4"),
}


class TimelineSource(NamedTuple):
    """A query for documents of customers, restricted to what the user may read."""

    model: models.BaseModel
    query: Query
    person: SQL  # the contact
    customer: SQL  # their commercial partner


class CustomerTimeline(models.Model):
    """All interactions and documents of customers, as far as the user may read each of them.

    Nothing is stored. Every branch is made of the ORM's own query for its documents, so record
    rules and companies hold in lists, counts, groups and exports alike.
    """

    _name = "customer.timeline"
    _description = "Customer Timeline"
    _inherit = "customer.date.bounds.mixin"
    _auto = False
    _rec_name = "subject"
    _order = "date desc, id desc"

    date = fields.Datetime(readonly=True)
    is_day = fields.Boolean(
        string="Whole day", readonly=True, help="The document has a day but no time of day."
    )
    kind = fields.Selection(selection=KINDS, readonly=True)
    direction = fields.Selection(selection=DIRECTIONS, readonly=True)
    channel = fields.Selection(selection=CHANNELS, readonly=True)
    subject = FoldedChar(readonly=True)
    status = FoldedChar(readonly=True)
    amount = fields.Monetary(
        readonly=True,
        help="With taxes, in the currency of the company.",
    )
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    user_id = fields.Many2one(string="Our person", comodel_name="res.users", readonly=True)
    partner_id = fields.Many2one(string="Contact", comodel_name="res.partner", readonly=True)
    customer_id = fields.Many2one(comodel_name="res.partner", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    res_model = fields.Char(string="Document model", readonly=True)
    res_id = fields.Many2oneReference(string="Document", model_field="res_model", readonly=True)

    # === TABLE ===

    @property
    def _table_query(self):
        """Join all branches; on records, only look at their own documents."""
        selects = []
        timeline = self._with_timeline_contacts()
        for number, method in timeline._get_timeline_branches().values():
            if not self._ids or self._get_timeline_source_ids(number):
                selects += method(number)
        table = SQL(" UNION ALL ").join(selects or [self._get_empty_timeline()])
        shared = timeline._get_timeline_shared_tables() if selects else {}
        if not shared:
            return table
        shared = [
            SQL("%s AS MATERIALIZED %s", SQL.identifier(name), sql) for name, sql in shared.items()
        ]
        return SQL("WITH %s %s", SQL(", ").join(shared), table)

    @api.model
    def _get_timeline_shared_tables(self):
        """Return what several branches read: name -> SELECT, when there is one customer."""
        return {}

    @api.model
    def _get_timeline_branches(self):
        """Return the sources of the timeline: name -> (number, method).

        The number is below 32, never changes and is part of the ids. The method takes it and
        returns a list of SELECT statements made by ``_select_timeline``: an empty list when the
        user may not read such documents or their app is not installed. Ids must be unique over
        all statements of a number. Extended by every feature that has something to show.
        """
        return {}

    @api.model
    def _get_empty_timeline(self):
        columns = [
            SQL("NULL::%s AS %s", kind, SQL.identifier(name)) for name, kind in COLUMNS.items()
        ]
        return SQL("SELECT NULL::bigint AS id, %s WHERE FALSE", SQL(", ").join(columns))

    def _with_timeline_contacts(self):
        """Look up the contacts of the customer searched for once, instead of in each branch."""
        customer = self.env.context.get("timeline_customer")
        if not isinstance(customer, int) or not customer:
            return self.with_context(timeline_customer=False)
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        contacts = partners.search([("commercial_partner_id", "=", customer)], order="id")
        return self.with_context(timeline_contacts=contacts._ids or (0,))

    def _get_timeline_source_ids(self, number):
        """Return the ids, in the source of a branch, of the records in self."""
        return tuple(id_ // MAX_BRANCHES for id_ in self._ids if id_ % MAX_BRANCHES == number)

    def _select_timeline(self, number, source, columns, source_id=None):
        """Return the SELECT statement of a branch.

        :param int number: of the branch
        :param TimelineSource source: the documents
        :param dict columns: SQL by name of the column; missing ones are NULL, those that follow
            from the source are filled in
        :param SQL source_id: what identifies a row within the branch, by default the document
        """
        query = source.query
        document_id = SQL.identifier(query.table, "id")
        source_id = source_id or document_id
        if self._ids:
            query.add_where(SQL("%s IN %s", source_id, self._get_timeline_source_ids(number)))
        columns = {
            "partner_id": source.person,
            "customer_id": source.customer,
            "res_model": SQL("%s", source.model._name),
            "res_id": document_id,
        } | columns
        if "amount" in columns:
            columns |= self._get_timeline_amount(columns["amount"], columns["company_id"])
        return query.select(
            SQL("%s::bigint * %s + %s AS id", source_id, MAX_BRANCHES, number),
            *(
                SQL(
                    "(%s)::%s AS %s",
                    columns.get(name, SQL("NULL")),
                    kind,
                    SQL.identifier(name),
                )
                for name, kind in COLUMNS.items()
            ),
        )

    @api.model
    def _get_timeline_amount(self, amount, company):
        """Return amount and currency: who may read a document may read what it is worth."""
        currencies = self.env.companies.mapped("currency_id")
        if len(currencies) == 1:
            return {"amount": amount, "currency_id": SQL("%s", currencies.id)}
        cases = [SQL("WHEN %s THEN %s", c.id, c.currency_id.id) for c in self.env.companies]
        return {
            "amount": amount,
            "currency_id": SQL("CASE %s %s END", company, SQL(" ").join(cases)),
        }

    # === SOURCES ===

    @api.model
    def _get_timeline_source(self, model_name, person_name, domain=Domain.TRUE, customer_name=None):
        """Return a source of documents, or ``None`` when the user may read none.

        :param str person_name: field with the contact
        :param str customer_name: stored field with the commercial partner, where there is one
        """
        query = self._get_timeline_query(model_name, domain)
        if query is None:
            return None
        model = self.env[model_name]
        person = self._get_timeline_column(query, model, person_name)
        if customer_name:
            customer = self._get_timeline_column(query, model, customer_name)
            chosen = self.env.context.get("timeline_customer")
            is_wanted = _is_any(customer, [chosen]) if chosen else SQL("%s IS NOT NULL", customer)
            query.add_where(is_wanted)
            customer = SQL("%s::int4", chosen) if chosen else customer
            return TimelineSource(model, query, person, customer)
        return TimelineSource(
            model, query, person, self._join_timeline_customer(query, model, person_name)
        )

    @api.model
    def _join_timeline_customer(self, query, model, person_name, alias=None):
        """Join the commercial partner of a contact to a query and return it as a column."""
        alias = alias or query.table
        customer = self.env.context.get("timeline_customer")
        if customer:
            person = self._get_timeline_column(alias, model, person_name)
            query.add_where(_is_any(person, self.env.context["timeline_contacts"]))
            return SQL("%s::int4", customer)
        partner = query.join(alias, person_name, "res_partner", "id", "timeline_partner")
        partners = self.env["res.partner"]
        return self._get_timeline_column(partner, partners, "commercial_partner_id")

    @api.model
    def _get_timeline_query(self, model_name, domain=Domain.TRUE):
        """Return the ORM's query for the documents the user may read in the chosen companies."""
        model = self.env[model_name]
        if not model.has_access("read"):
            return None
        company = model._fields.get("company_id")
        if company and company.store:
            companies = [False, *self.env.companies.ids]
            domain = Domain("company_id", "in", companies) & domain
        query = model._search(domain, active_test=False)
        return None if query.is_empty() else query

    @api.model
    def _get_timeline_column(self, query, model, name):
        """Return a stored field as a column; pending writes to it are flushed first."""
        alias = query if isinstance(query, str) else query.table
        return SQL.identifier(alias, name, to_flush=model._fields[name])

    @api.model
    def _get_timeline_columns(self, source, **names):
        """Return columns that are plain fields of the document: column=field."""
        return {
            column: self._get_timeline_column(source.query, source.model, name)
            for column, name in names.items()
        }

    @api.model
    def _get_timeline_labels(self, source, name):
        """Return the label of a selection field in the user's language, as SQL."""
        labels = source.model._fields[name]._description_selection(self.env)
        cases = [SQL("WHEN %s THEN %s", key, label) for key, label in labels]
        column = self._get_timeline_column(source.query, source.model, name)
        return SQL("CASE %s %s END", column, SQL(" ").join(cases))

    @api.model
    def _get_timeline_noon(self, day):
        """Return a day as noon of the reader: no time zone moves it to another day."""
        return SQL("timezone('UTC', timezone(%s, %s + interval '12 hours'))", str(self.env.tz), day)


def _is_any(column, ids):
    """Return that a column is one of the ids, without telling the planner which.

    Knowing that a customer has thousands of documents, it would rather read whole tables than
    look each up; what it saves in theory takes ten times as long.
    """
    return SQL("%s = ANY((SELECT %s)::int4[])", column, list(ids))
