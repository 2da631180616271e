from odoo import fields, models


class CustomerTierPreviewMove(models.TransientModel):
    """Number of customers who would go from one tier to another."""

    _name = "customer.tier.preview.move"
    _description = "Tier Moves Under Trial Rules"
    _order = "direction, id"

    preview_id = fields.Many2one(
        comodel_name="customer.tier.preview", required=True, ondelete="cascade"
    )
    old_tier_id = fields.Many2one(
        string="From", comodel_name="customer.tier", ondelete="cascade", readonly=True
    )
    new_tier_id = fields.Many2one(
        string="To", comodel_name="customer.tier", ondelete="cascade", readonly=True
    )
    direction = fields.Selection(
        selection=[
            ("down", "Down, when their tier period ends"),
            ("up", "Up, at once"),
            ("same", "No change"),
        ],
        string="Move",
        readonly=True,
    )
    customer_count = fields.Integer(string="Customers", readonly=True)

    def action_open_profiles(self):
        """Open the customers of this move. Public: button."""
        self.ensure_one()
        moves = self.preview_id._compare()
        profile_ids = moves.get((self.old_tier_id.id, self.new_tier_id.id), [])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_value.customer_profile_action"
        )
        return {
            **action,
            "domain": [("id", "in", profile_ids)],
            "name": self.env._(
                "From %(old)s to %(new)s",
                old=self.old_tier_id.name or self.env._("no tier"),
                new=self.new_tier_id.name or self.env._("no tier"),
            ),
            "context": {},
        }
