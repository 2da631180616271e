from odoo import api, fields, models
from odoo.tools import SQL

from ..base.access import ACCOUNTING
from ..calendar.reader_date import format_numeric_day
from ..calendar.reader_number import write_digits


class AccountMove(models.Model):
    """Tier and points of the customer are printed on invoices, where the company wants it.

    Accountants may have entries that book what outstanding points are worth.
    """

    _inherit = "account.move"

    customer_points_program_id = fields.Many2one(
        string="Points of",
        comodel_name="loyalty.program",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        groups=ACCOUNTING,
        help="The entry books what outstanding points of this program are worth.",
    )
    customer_points_date = fields.Date(
        string="Points at the end of", readonly=True, copy=False, groups=ACCOUNTING
    )

    _customer_points_uniq = models.UniqueIndex(
        "(customer_points_program_id, company_id, customer_points_date)"
        " WHERE customer_points_date IS NOT NULL AND state <> 'cancel'",
        "The points of this program have an entry for this day already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_guarded(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_guarded(vals)
        return super().write(vals)

    @api.model
    def _find_points_entries(self, programs):
        """Return entry id -> program id, of the entries of programs and of what reverses them."""
        self.flush_model(["customer_points_program_id", "reversed_entry_id"])
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE entry AS (
                    SELECT id, customer_points_program_id AS program_id
                      FROM account_move
                     WHERE customer_points_program_id = ANY(%s)
                     UNION
                    SELECT m.id, e.program_id
                      FROM account_move m
                      JOIN entry e ON m.reversed_entry_id = e.id
                )
                SELECT id, program_id FROM entry""",
                programs.ids,
            )
        )
        return dict(rows)

    @api.model
    def _read_booked_points(self, programs):
        """Return (program id, company id) -> [(day, account, balance)] of entries, oldest first.

        Of those the user may read; on liability accounts only, in company currency. Reversals and
        drafts count, cancelled entries do not.
        """
        entries = self._find_points_entries(programs)
        rows = self.env["account.move.line"]._read_group(
            [
                ("move_id", "in", [*entries]),
                ("account_id.internal_group", "=", "liability"),
                ("parent_state", "!=", "cancel"),
            ],
            ["move_id", "account_id"],
            ["balance:sum"],
        )
        booked = {}
        for move, account, balance in sorted(rows, key=lambda row: (row[0].date, row[0].id)):
            key = (entries[move.id], move.company_id.id)
            booked.setdefault(key, []).append((move.date, account, balance))
        return booked

    def action_open_points_entries(self):
        """Open the entries of points which make up what is outstanding that day. Public: button."""
        self.ensure_one()
        self.check_access("read")
        return self.env["customer.points.entry"]._open_until(
            self.customer_points_program_id,
            self.company_id,
            self.customer_points_date or self.date,
        )

    def _get_points_texts(self):
        """Return the lines about tier and points to print, as of today; often none."""
        self.ensure_one()
        company = self.company_id.sudo()
        is_sale = self.is_sale_document(include_receipts=True)
        if not is_sale or not company.customer_points_on_invoice or not self.commercial_partner_id:
            return []
        customer = self.commercial_partner_id.commercial_partner_id
        texts = []
        changes = self.env["customer.tier.change"].sudo()
        domain = [("partner_id", "=", customer.id), ("company_id", "=", company.id)]
        tier = changes.search(domain, limit=1).new_tier_id
        if tier:
            texts.append(self.env._("Loyalty tier: %s", tier.with_env(self.env).sudo().name))
        today = format_numeric_day(self.env, fields.Date.context_today(self), company=company)
        today = write_digits(self.env, today)
        for card in customer._get_points_cards_of(company):
            points = card._write_points(card.points)
            texts.append(self.env._("Your points on %(day)s: %(points)s", day=today, points=points))
        return texts
