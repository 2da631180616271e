from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerComplaintResolution(models.Model):
    """Loyalty points, put on the customer's card as Odoo does when a balance is changed."""

    _inherit = "customer.complaint.resolution"

    program_id = fields.Many2one(
        string="Loyalty program",
        comodel_name="loyalty.program",
        compute="_compute_program_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        domain="[('program_type', '=', 'loyalty'), ('company_id', 'in', (company_id, False))]",
    )
    points = fields.Float(help="As many are added to the card of the customer.")

    @api.depends("complaint_id", "kind")
    def _compute_program_id(self):
        for resolution in self:
            if resolution.kind == "points" and not resolution.program_id:
                programs = self.env["loyalty.program"].sudo()
                domain = [
                    ("program_type", "=", "loyalty"),
                    ("company_id", "in", (resolution.complaint_id.company_id.id, False)),
                ]
                card = resolution._find_card(programs.search(domain))
                resolution.program_id = card.program_id or programs.search(domain, limit=1)

    def _get_amount_points(self):
        return self.points * self._get_point_value()

    def _get_approval_amount_points(self):
        return self._get_amount_points()

    def _get_point_value(self):
        """Return what one point is worth in company currency: its most valuable use, or 0."""
        company = self.company_id or self.complaint_id.company_id
        return self.sudo().program_id._get_point_value(company)

    def _find_card(self, programs):
        """Return the customer's card of one of the programs."""
        complaint = self.complaint_id.sudo()
        cards = self.env["loyalty.card"].sudo()
        return cards.search(
            [
                ("program_id", "in", programs.ids),
                ("partner_id", "in", (complaint.partner_id | complaint.customer_id).ids),
            ],
            limit=1,
        )

    def _is_amount_unknown_points(self):
        """Points nobody can put a value on need approval wherever there is a limit.

        What a share of some later order is worth, nobody knows either.
        """
        rewards = self.sudo().program_id.reward_ids
        is_share = any(
            reward.reward_type == "discount" and reward.discount_mode == "percent"
            for reward in rewards
        )
        return is_share or not self._get_point_value()

    def _check_points(self):
        if not self.program_id:
            raise UserError(
                self.env._("There is no loyalty program: create one under Sales, then try again.")
            )
        program = self.sudo().program_id
        if program.program_type != "loyalty" or not program.company_id <= self.company_id:
            raise UserError(
                self.env._(
                    "%(program)s is no loyalty program of %(company)s: choose another.",
                    program=program.name,
                    company=self.company_id.name,
                )
            )
        if not self.complaint_id.partner_id:
            raise UserError(self.env._("Choose the contact of the complaint first."))
        if not 0 < self.points < 10**9:
            raise UserError(self.env._("Enter how many points the customer gets."))

    def _find_made_points(self):
        """Return the card the points are on: an entry of its history has no page of its own."""
        return self._find_made().card_id._filtered_access("read")

    def _get_maker_group_points(self):
        if not self._find_card(self.program_id):
            return "sales_team.group_sale_manager"  # Odoo lets nobody else make cards
        return self._get_maker_group()

    def _may_make_points(self):
        has_card = self._find_card(self.program_id)
        cards = self.env["loyalty.card"]
        balances = self.env["loyalty.card.update.balance"]
        return balances.has_access("create") and cards.has_access("write" if has_card else "create")

    def _make_points(self):
        """Add the points with the rights of the user; return the entry in the card's history."""
        card = self._find_card(self.program_id).with_env(self.env)
        if not card:
            card = self.env["loyalty.card"].create(
                {"program_id": self.program_id.id, "partner_id": self.complaint_id.customer_id.id}
            )
        card = card._allow_points()
        card.lock_for_update(allow_referencing=True)
        card.invalidate_recordset(["points"])
        change = card.env["loyalty.card.update.balance"].create(
            {
                "card_id": card.id,
                "new_balance": card.points + self.points,
                "description": self.reason or self.complaint_id.name,
            }
        )
        change.action_update_card_point()
        card = card.with_env(self.env)
        card._filter_points()._note_points()
        return card.history_ids.sorted("id")[-1:]
