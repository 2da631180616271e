from odoo import api, fields, models
from odoo.exceptions import ValidationError

ROLES = ("is_decider", "is_influencer", "is_user", "is_payer")


class CustomerAccountContact(models.Model):
    """A person at the customer: what they have to say there, and how they see us."""

    _name = "customer.account.contact"
    _description = "Person in an Account Plan"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _contact_history = ("partner_id",)
    _order = "plan_id, is_decider desc, id"
    _rec_name = "partner_id"

    plan_id = fields.Many2one(
        comodel_name="customer.account.plan", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    customer_id = fields.Many2one(string="Customer", related="plan_id.partner_id")
    partner_id = fields.Many2one(
        string="Person",
        comodel_name="res.partner",
        required=True,
        ondelete="restrict",
        index=True,
        domain="[('id', 'child_of', customer_id)]",
    )
    function = fields.Char(related="partner_id.function", related_sudo=False)
    phone = fields.Char(related="partner_id.phone", related_sudo=False)
    email = fields.Char(related="partner_id.email", related_sudo=False)
    is_decider = fields.Boolean(string="Decides")
    is_influencer = fields.Boolean(string="Influences")
    is_user = fields.Boolean(string="Uses")
    is_payer = fields.Boolean(string="Pays")
    attitude = fields.Selection(
        selection=[("against", "− against us"), ("neutral", "0 neutral"), ("for", "+ for us")],
        required=True,
        default="neutral",
    )
    note = fields.Char()
    roles_text = fields.Char(string="Roles", compute="_compute_roles_text")

    _plan_partner_uniq = models.Constraint(
        "UNIQUE(plan_id, partner_id)",
        "This person is in the plan already: change the roles there.",
    )

    @api.depends("partner_id")
    def _compute_display_name(self):
        for contact in self:
            contact.display_name = contact.partner_id._get_plain_name()

    @api.depends_context("lang")
    @api.depends(*ROLES)
    def _compute_roles_text(self):
        labels = {name: self._fields[name]._description_string(self.env) for name in ROLES}
        for contact in self:
            contact.roles_text = ", ".join(labels[name] for name in ROLES if contact[name])

    @api.constrains("partner_id")
    def _check_of_customer(self):
        for contact in self.sudo():
            if contact.partner_id.commercial_partner_id != contact.plan_id.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(person)s does not belong to %(customer)s: choose a contact of the "
                        "customer, or put the person there first.",
                        person=contact.partner_id._get_plain_name(),
                        customer=contact.plan_id.partner_id._get_plain_name(),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        contacts = super().create(vals_list)
        if not self.env.su:
            contacts.sudo().plan_id._check_open()
        return contacts

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        self.sudo().plan_id._check_open()
        result = super().write(vals)
        if "plan_id" in vals:
            self.sudo().plan_id._check_open()
            self._check_of_customer()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        if not self.env.su:
            self.sudo().plan_id._check_open()

    def _merge_into(self, partner):
        """Leave each plan one row for a person who was two contacts, with the roles of both."""
        people = self.search([("partner_id", "in", (self.partner_id | partner).ids)])
        for rows in people.grouped("plan_id").values():
            kept = rows.sorted(lambda row: (row.partner_id != partner, row.id))[0]
            for name in ROLES:
                kept[name] = any(rows.mapped(name))
            kept.note = " / ".join(dict.fromkeys(filter(None, rows.mapped("note"))))
            (rows - kept).unlink()
            kept.flush_recordset()
