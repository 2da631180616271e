from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerInteractionAssign(models.TransientModel):
    """Tell who an unknown sender is."""

    _name = "customer.interaction.assign"
    _description = "Assign a Contact"
    _inherit = "customer.gate.mixin"

    interaction_ids = fields.Many2many(
        string="Interactions",
        comodel_name="customer.interaction",
        required=True,
        default=lambda self: self._default_interaction_ids(),
    )
    partner_id = fields.Many2one(
        string="Contact", comodel_name="res.partner", required=True, ondelete="cascade"
    )
    address = fields.Char(
        string="Phone or e-mail", compute="_compute_address", help="As it came in."
    )
    same_address = fields.Boolean(
        string="All of this sender",
        default=True,
        help="Also everything else this sender sent that nobody has assigned yet.",
    )
    remember = fields.Boolean(
        string="Remember the address",
        default=True,
        help="Writes the number or e-mail address on the contact, unless it has another: what "
        "comes in later finds its customer by itself.",
    )

    @api.depends("interaction_ids")
    def _compute_address(self):
        for wizard in self:
            addresses = set(wizard.interaction_ids.mapped("address")) - {False, ""}
            wizard.address = addresses.pop() if len(addresses) == 1 else False

    @api.model
    def _default_interaction_ids(self):
        is_chosen = self.env.context.get("active_model") == "customer.interaction"
        return self.env.context.get("active_ids", []) if is_chosen else []

    def action_apply(self):
        """Give the interactions their contact. Public: button.

        :raise AccessError: for users who may not change the interactions
        :raise UserError: when the contact belongs to another company
        """
        self.ensure_one()
        interactions = self.interaction_ids
        companies = interactions.company_id
        if self.partner_id.company_id and companies != self.partner_id.company_id:
            raise UserError(
                self.env._(
                    "%(contact)s belongs to %(company)s: choose a contact of the company that was "
                    "written to.",
                    contact=self.partner_id._get_plain_name(),
                    company=self.partner_id.company_id.name,
                )
            )
        if self.same_address and self.address:
            interactions |= self._find_others_of_sender(companies)
        interactions.write({"partner_id": self.partner_id.id})
        if self.remember and self.address:
            is_mail = self.interaction_ids[:1]._is_mail()
            name = "email" if is_mail else "phone"
            if not self.partner_id[name]:
                reader = companies[:1]._get_caller_reader()
                self.partner_id[name] = self.address if is_mail else reader.show(self.address)
        return {"type": "ir.actions.act_window_close"}

    def _find_others_of_sender(self, companies):
        """Return what else came from the same address or number, however it was shown."""
        interactions = self.interaction_ids.browse()
        is_mail = self.interaction_ids[:1]._is_mail()
        for company in companies:
            unknown = [
                ("partner_id", "=", False),
                ("address", "!=", False),
                ("company_id", "=", company.id),
            ]
            reader = company._get_caller_reader()
            numbers = set() if is_mail else reader.get_keys(self.address)[0]
            same = [
                address
                for (address,) in interactions._read_group(unknown, ["address"])
                if address == self.address or not numbers.isdisjoint(reader.get_keys(address)[0])
            ]
            interactions |= interactions.search([*unknown, ("address", "in", same)])
        return interactions
