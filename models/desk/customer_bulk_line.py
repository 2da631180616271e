from odoo import fields, models

LINE_STATES = [
    ("done", "Done"),
    ("left_out", "Left out"),
    ("undone", "Taken back"),
    ("kept", "Not taken back"),
]
LEFT_OUT = [
    ("archived", "Contact is archived"),
    ("planned", "Such an activity is planned already"),
    ("same", "Has this salesperson already"),
    ("no_right", "You may not change this contact"),
    ("no_email", "No e-mail address"),
    ("opt_out", "Does not want to be asked"),
    ("blacklisted", "E-mail address on the blacklist"),
    ("quiet", "Asked shortly before, or waits to be asked"),
    ("twice", "Another contact of this customer is asked"),
    ("other_company", "Belongs to another company"),
    ("no_number", "No number an SMS can be sent to"),
    ("no_sms", "Wants no such SMS"),
    ("number_blacklisted", "Number on the blacklist"),
    ("contacted", "Contacted shortly before"),
    ("twice_written", "Another contact of this customer, or this number, gets it"),
]


class CustomerBulkLine(models.Model):
    """What a step for many customers did for one, or why it left them out."""

    _name = "customer.bulk.line"
    _description = "Customer in a Step for Many"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _is_guarded = True
    _order = "bulk_id desc, id"
    _rec_name = "partner_id"

    bulk_id = fields.Many2one(
        comodel_name="customer.bulk",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    company_id = fields.Many2one(related="bulk_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        string="Customer",
        comodel_name="res.partner",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    state = fields.Selection(selection=LINE_STATES, required=True, readonly=True)
    reason = fields.Selection(selection=LEFT_OUT, string="Why left out", readonly=True)
    activity_id = fields.Many2one(
        comodel_name="mail.activity", ondelete="set null", index="btree_not_null", readonly=True
    )
    old_user_id = fields.Many2one(
        string="Former salesperson", comodel_name="res.users", ondelete="set null", readonly=True
    )
    new_user_id = fields.Many2one(
        string="New salesperson", comodel_name="res.users", ondelete="set null", readonly=True
    )
    request_id = fields.Many2one(
        comodel_name="customer.feedback.request",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
    message_id = fields.Many2one(
        comodel_name="customer.outreach.message",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
