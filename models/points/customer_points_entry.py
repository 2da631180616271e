from odoo import api, fields, models
from odoo.exceptions import UserError

from .loyalty_history import TILL


class CustomerPointsEntry(models.Model):
    """One change of a lot of points. Append-only: what was wrong is put right by another entry.

    All entries of a card add up to its balance.
    """

    _name = "customer.points.entry"
    _description = "Points Entry"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _is_guarded = True
    _contact_history = ("partner_id",)
    _order = "date desc, id desc"
    _rec_name = "lot_id"

    lot_id = fields.Many2one(
        comodel_name="customer.points.lot",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    card_id = fields.Many2one(
        string="Loyalty card",
        comodel_name="loyalty.card",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    program_id = fields.Many2one(
        comodel_name="loyalty.program",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    partner_id = fields.Many2one(
        string="Customer",
        comodel_name="res.partner",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="Whose card it is now.",
    )
    move_id = fields.Many2one(string="Invoice", related="lot_id.move_id")
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="cascade", index=True
    )
    date = fields.Date(required=True, readonly=True, index=True)
    kind = fields.Selection(
        selection=[
            ("earn", "Earned"),
            ("take_back", "Taken back"),
            ("redeem", "Redeemed"),
            ("expire", "Expired"),
            ("correct", "Corrected"),
            ("offset", "Moved between lots"),
        ],
        required=True,
        readonly=True,
        help="Taken back: what was given back, or is not paid any more. Moved between lots: what "
        "is owed on one lot is paid from the oldest others; adds up to zero.",
    )
    points = fields.Float(required=True, readonly=True, digits=(16, 3))
    number = fields.Integer(
        required=True,
        readonly=True,
        aggregator=None,
        help="Counts the entries of the lot: none can be made twice.",
    )
    source_model = fields.Char(required=True, readonly=True)
    source_id = fields.Many2oneReference(
        string="For", model_field="source_model", required=True, readonly=True
    )
    user_id = fields.Many2one(
        string="By", comodel_name="res.users", readonly=True, ondelete="set null"
    )

    _number_uniq = models.Constraint(
        "UNIQUE(lot_id, number)", "These points have just been changed by somebody else: try again."
    )
    _source_idx = models.Index("(card_id, source_model, source_id)")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_entries(self):
        """Entries stay: they are the ledger."""
        if not self.env.su:
            raise UserError(
                self.env._("Points are put right by another entry, never by deleting one.")
            )

    def write(self, vals):
        """Refuse changes of what was entered.

        :raise AccessError: for everybody
        :raise UserError: in our own code
        """
        self.check_access("write")
        if vals:
            raise UserError(
                self.env._("Points are put right by another entry, never by changing one.")
            )
        return super().write(vals)

    @api.model
    def _read_history(self, card, offset=0, limit=None):
        """Return [(day, source model, source id, kinds, points)] of a card, the newest first.

        What an order or invoice changed on one day is one row, whatever lots it was taken from;
        rows that add up to zero are left out.
        """
        return self._read_group(
            [("card_id", "=", card.id), ("kind", "!=", "offset")],
            ["date:day", "source_model", "source_id"],
            ["kind:array_agg", "points:sum"],
            having=[("points:sum", "!=", 0)],
            order="id:max DESC",
            offset=offset,
            limit=limit,
        )

    @api.model
    def _tell_history(self, card, offset=0, limit=None):
        """Return dicts (date, text, url, points) of :meth:`_read_history`, for the customer."""
        words = {
            "earn": (self.env._("Earned"), self.env._("Taken back")),
            "redeem": (self.env._("Points returned"), self.env._("Spent")),
            "expire": (self.env._("Expired"), self.env._("Expired")),
            "correct": (self.env._("Correction"), self.env._("Correction")),
        }
        rows = []
        for day, model, source, kinds, points in self._read_history(card, offset, limit):
            kind = "earn" if {"earn", "take_back"} & set(kinds) else kinds[0]
            text, url = words[kind][points < 0], False
            if model in ("account.move", "sale.order", TILL) and model in self.env:
                document = self.env[model].browse(source).exists()
                name = document.sudo().name if document else ""
                text = f"{text}: {name}" if name else text
                if document.sudo(False).has_access("read"):
                    url = document.sudo().get_portal_url()
            elif model == "loyalty.history":
                reason = self.env[model].sudo().browse(source).exists().description
                text = reason or text
            rows.append({"date": day, "text": text, "url": url, "points": points})
        return rows

    @api.model
    def _open_until(self, program, company, day):
        """Return the action of the entries up to a day, which add up to what is outstanding."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_value.customer_points_entry_action"
        )
        domain = [
            ("program_id", "=", program.id),
            ("company_id", "=", company.id),
            ("date", "<=", day),
        ]
        return {**action, "domain": domain, "context": {}}

    def _search(self, *args, **kwargs):
        """Look for entries after what this transaction did to cards is in them."""
        self.env["loyalty.card"]._work_off_points()
        return super()._search(*args, **kwargs)
