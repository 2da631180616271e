from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine import service
from .folded_text import FoldedChar
from .phone_plan import PhonePlan

# Contacts and leads of a database; more are read in the background.
INSTALL_BATCH, CRON_BATCH = 5000, 2000
OWNERS = {"res.partner": "partner_id", "crm.lead": "lead_id"}
COLUMNS = ("number", "extension", "local_number", "source", "written", "country_id", "company_id")


class CustomerPhoneNumber(models.Model):
    """Each number that stands in a phone field of a contact or lead, ready to be looked up.

    A field may hold several numbers, ranges and extensions (``engine/service/phone_field.py``).
    Rows follow from the fields only: nobody writes them, and they can be made anew at any time.
    Where nothing can be read there is a row without a number, so that people can see it.
    """

    _name = "customer.phone.number"
    _description = "Phone Number"
    _order = "id"
    _rec_name = "number"
    _log_access = False

    number = fields.Char(
        readonly=True,
        help="With + and the country code; only digits where area or country are not known.",
    )
    extension = fields.Char(readonly=True)
    local_number = fields.Char(
        string="Local number", readonly=True, help="What follows the area code."
    )
    source = fields.Char(string="Field", readonly=True, help="Where it is written.")
    written = FoldedChar(string="As written", readonly=True)
    partner_id = fields.Many2one(
        string="Contact", comodel_name="res.partner", readonly=True, ondelete="cascade"
    )
    lead_id = fields.Many2one(comodel_name="crm.lead", readonly=True, ondelete="cascade")
    country_id = fields.Many2one(
        comodel_name="res.country",
        readonly=True,
        ondelete="cascade",
        help="Companies of this country read it so; empty: all do.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    is_stale = fields.Boolean(
        string="To be read again", readonly=True, help="A country has joined that may read it."
    )

    _one_owner = models.Constraint(
        "CHECK(num_nonnulls(partner_id, lead_id) = 1)",
        "A phone number belongs to one contact or one lead.",
    )
    _number_idx = models.Index("(number) WHERE number IS NOT NULL")
    _local_idx = models.Index("(local_number) WHERE local_number IS NOT NULL")
    _partner_idx = models.Index("(partner_id) WHERE partner_id IS NOT NULL")
    _lead_idx = models.Index("(lead_id) WHERE lead_id IS NOT NULL")
    _stale_idx = models.Index("(id) WHERE is_stale")

    # === FOLLOWING THE FIELDS ===

    @api.model
    def _follow(self, records):
        """Make the rows of contacts or leads say what their phone fields say.

        Three statements for any number of records, one where nothing has changed.

        :param records: of ``res.partner`` or ``crm.lead``
        """
        owner = OWNERS[records._name]
        wanted = self._read_records(records)
        found = {record_id: set() for record_id in wanted}
        for row in self.env.execute_query(
            SQL(
                """SELECT %(owner)s, %(columns)s, is_stale FROM %(table)s
                    WHERE %(owner)s = ANY(%(ids)s)""",
                owner=SQL.identifier(owner),
                columns=SQL(", ").join(SQL.identifier(name) for name in COLUMNS),
                table=SQL.identifier(self._table),
                ids=list(wanted),
            )
        ):
            found[row[0]].add(row[1:])
        changed = [
            record_id
            for record_id, rows in wanted.items()
            if set(rows) != {row[:-1] for row in found[record_id]}
            or any(row[-1] for row in found[record_id])
        ]
        if any(found[record_id] for record_id in changed):
            self._forget(owner, changed)
        self._insert(owner, [(id_, *row) for id_ in changed for row in wanted[id_]])
        if changed:
            self.invalidate_model(flush=False)

    @api.model
    def _forget(self, owner, ids):
        """Delete the rows of contacts or leads."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE %s = ANY(%s)",
                SQL.identifier(self._table),
                SQL.identifier(owner),
                list(ids),
            )
        )

    @api.model
    def _insert(self, owner, rows):
        if rows:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO %s (%s) VALUES %s",
                    SQL.identifier(self._table),
                    SQL(", ").join(SQL.identifier(name) for name in (owner, *COLUMNS)),
                    SQL(", ").join(SQL("%s", row) for row in rows),
                )
            )

    @api.model
    def _read_records(self, records):
        """Return record id -> rows (:data:`COLUMNS`) of what its fields say."""
        names = records._phone_get_number_fields()
        filled = records.filtered(lambda record: any(record[name] for name in names))
        own = filled._phone_get_country()
        guessed = self.env["res.country"]
        if any(record.id not in own and not record.company_id for record in filled):
            guessed = self.env["res.company"]._get_phone_countries()
        rows = {record.id: [] for record in records if isinstance(record.id, int)}
        for record in filled.filtered(lambda record: record.id in rows):
            country = own.get(record.id) or record.company_id.country_id
            for name in names:
                rows[record.id] += self._read_field(record, name, country, guessed)
        return rows

    @api.model
    def _read_field(self, record, name, country, guessed):
        """Return the rows of one field: of its country, or of each in which it may be written."""
        text = record[name]
        if not text:
            return []
        countries = country or guessed or self.env["res.country"]
        readings = {}
        for one in countries or [countries]:
            plan = PhonePlan(one)
            for found in service.read_phone_numbers(text, plan):
                local = plan.subscriber(found.number) or None
                key = (found.number, found.extension or None, local)
                readings.setdefault(key, []).append(one.id)
        company_id = record.company_id.id or None
        return [
            (*key, name, text, ids[0] if len(ids) < len(countries) else None, company_id)
            for key, ids in readings.items()
        ] or [(None, None, None, name, text, None, company_id)]

    # === FILLING IN WHAT WAS THERE BEFORE ===

    @api.model
    def _mark_stale(self):
        """Have numbers of shared contacts and leads without a country read again, soon."""
        self.env.flush_all()
        for model, owner in OWNERS.items():
            self.env.cr.execute(
                SQL(
                    """UPDATE %(table)s n SET is_stale = TRUE FROM %(owners)s o
                        WHERE o.id = n.%(owner)s AND o.country_id IS NULL
                          AND o.company_id IS NULL AND n.number IS NOT NULL""",
                    table=SQL.identifier(self._table),
                    owners=SQL.identifier(self.env[model]._table),
                    owner=SQL.identifier(owner),
                )
            )
        self._fill_some(CRON_BATCH)

    @api.model
    def _fill_at_install(self):
        """Read the numbers that are there; called when the addon is installed or updated."""
        self._fill_some(INSTALL_BATCH)

    @api.model
    def _fill_some(self, batch_size):
        """Read numbers at once, and leave to the job what is more than a batch."""
        if self._fill_batch(batch_size) == batch_size:
            self.env.ref("customer_value.ir_cron_customer_value_phone")._trigger()

    @api.model
    def _cron_fill(self, batch_size=CRON_BATCH):
        """Read what has not been read yet; can be interrupted at any time."""
        cron = self.env["ir.cron"]
        while count := self._fill_batch(batch_size):
            if not cron._commit_progress(count):
                self.env.ref("customer_value.ir_cron_customer_value_phone")._trigger()
                return

    @api.model
    def _fill_batch(self, batch_size):
        """Read the numbers of the next contacts and leads; return how many they were."""
        count = 0
        for model in OWNERS:
            records = self.env[model].sudo().with_context(active_test=False)
            records = records.search(
                self._get_waiting_domain(records), order="id", limit=batch_size - count
            )
            self._follow(records)
            count += len(records)
        return count

    @api.model
    def _get_waiting_domain(self, records):
        """Return the domain of contacts or leads whose numbers have to be read."""
        filled = Domain.OR(Domain(name, "!=", False) for name in records._phone_get_number_fields())
        rows = "customer_phone_number_ids"
        stale = Domain(rows, "any", [("is_stale", "=", True)])
        return (filled & Domain(rows, "=", False)) | stale

    # === LOOKING UP ===

    @api.model
    def _match(self, texts, company):
        """Return text -> (contact ids, lead ids) with a number, however it is written or shown.

        Our own lines are nobody's. Three statements for any number of texts. Runs with all
        rights: callers look the ids up with the rights they have.

        :param company: read as numbers dialled there
        """
        reader = company._get_caller_reader()
        keys = {text: reader.get_keys(text) for text in texts}
        rows = self._get_rows(
            set().union(*(whole | local for whole, local in keys.values())), company
        )
        family = set(company._get_family_partner_ids()) if rows else set()
        matches = {}
        for text, (whole, local) in keys.items():
            found = [row for row in rows if row["number"] in whole]
            if not found and local:
                found = [row for row in rows if row["local_number"] in local]
                # Of which area it is, nobody knows.
                found = found if len({row["number"] for row in found}) == 1 else []
            if any(row["partner_id"] in family for row in found):
                found = []
            matches[text] = tuple(
                {row[owner] for row in found} - {None} for owner in ("partner_id", "lead_id")
            )
        return matches

    @api.model
    def _get_rows(self, keys, company):
        if not keys:
            return []
        for model in OWNERS:  # what has changed is read when it is written
            self.env[model].flush_model(["phone_sanitized"])
        company = company.sudo()  # only which country and companies: no row goes out by them
        condition = SQL(
            """(country_id IS NULL OR country_id = %s)
               AND (company_id IS NULL OR company_id = ANY(%s))""",
            company.country_id.id or None,
            company.parent_ids.ids,
        )
        return self.env.execute_query_dict(
            SQL(
                """SELECT number, local_number, partner_id, lead_id FROM %(table)s
                    WHERE number = ANY(%(keys)s) AND %(condition)s
                UNION ALL
                   SELECT number, local_number, partner_id, lead_id FROM %(table)s
                    WHERE local_number = ANY(%(keys)s) AND %(condition)s""",
                table=SQL.identifier(self._table),
                keys=sorted(keys),
                condition=condition,
            )
        )
