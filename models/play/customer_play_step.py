from odoo import api, fields, models
from odoo.exceptions import UserError

from .customer_play_step_mixin import TEXT_KINDS


class CustomerPlayStep(models.Model):
    """A step of a play, what it costs, and what came of it."""

    _name = "customer.play.step"
    _description = "Step of a Play"
    _inherit = ["customer.play.step.mixin", "customer.company.mixin", "customer.gate.mixin"]
    _order = "play_id, day, sequence, id"
    _check_company_auto = True

    play_id = fields.Many2one(
        comodel_name="customer.play", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="play_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    program_id = fields.Many2one(check_company=True)
    cost = fields.Monetary(string="Cost each", help="What the step costs for one customer.")
    done_count = fields.Integer(string="Reached", compute="_compute_counts")
    left_out_count = fields.Integer(string="Left out", compute="_compute_counts")
    answered_count = fields.Integer(string="Answered", compute="_compute_counts")
    bought_count = fields.Integer(
        string="Bought after", compute="_compute_counts", help="On the day of the step or later."
    )
    cost_total = fields.Monetary(string="Cost", compute="_compute_counts")

    _cost_range = models.Constraint("CHECK(cost >= 0)", "A cost cannot be negative.")

    @api.depends("play_id.action_ids.state", "play_id.action_ids.is_answered")
    def _compute_counts(self):
        """Count the actions; four queries for any number of steps."""
        actions = self.env["customer.play.action"]
        counts = {
            name: dict(
                actions._read_group(
                    [("step_id", "in", self.ids), *domain], ["step_id"], ["__count"]
                )
            )
            for name, domain in self._get_count_domains().items()
        }
        done = [("step_id", "in", self.ids), ("state", "=", "done")]
        costs = dict(actions._read_group(done, ["step_id"], ["cost:sum"]))
        for step in self:
            for name, found in counts.items():
                step[name] = found.get(step._origin, 0)
            step.cost_total = costs.get(step._origin, 0)

    @api.model
    def _get_count_domains(self):
        return {
            "done_count": [("is_reached", "=", True)],
            "left_out_count": [("state", "in", ("skipped", "failed"))],
            "answered_count": [("is_answered", "=", True)],
            "bought_count": [("is_bought_after", "=", True)],
        }

    def action_open_counted(self):
        """Open the actions behind a number: ``count`` of the context, or all. Public: button."""
        self.ensure_one()
        self.check_access("read")
        domains = {**self._get_count_domains(), "cost_total": [("state", "=", "done")]}
        domain = domains.get(self.env.context.get("count"), [])
        action = self.env["ir.actions.actions"]._for_xml_id(
            "customer_value.customer_play_action_action"
        )
        return action | {"domain": [("step_id", "=", self.id), *domain], "context": {}}

    def _check_complete(self):
        """Refuse what could not be carried out: UserError."""
        self.ensure_one()
        for is_missing, text in self._get_missing():
            if is_missing:
                raise UserError(text % {"step": self.name})

    def _get_missing(self):
        """Return [(whether it is missing, what to do)] of what the kind of step needs."""
        kind, company = self.kind, self.company_id
        return [
            (
                kind == "email" and not self.mail_template_id,
                self.env._("Choose the mail of “%(step)s”."),
            ),
            (
                kind == "coupon" and not self.program_id,
                self.env._("Choose the coupon program of “%(step)s”."),
            ),
            (
                kind == "sms" and not company._can_send_sms(),
                self.env._(
                    "“%(step)s” is an SMS, but there is no way to send any: ask an administrator "
                    "to set an SMS gateway in the settings."
                ),
            ),
            (
                kind == "fax" and not company._get_fax_address("+1"),
                self.env._(
                    "“%(step)s” is a fax, but the settings do not say to which e-mail address "
                    "faxes go: ask an administrator."
                ),
            ),
            (
                kind in TEXT_KINDS and not self.text,
                self.env._("Write the text of “%(step)s”."),
            ),
        ]

    def action_print_letters(self):
        """Print the letters of this step in one file. Public: button.

        :raise AccessError: for everybody but managers
        :raise UserError: where there is no letter to print
        """
        self.ensure_one()
        self.check_access("read")
        actions = self.env["customer.play.action"].search([("step_id", "=", self.id)])
        letters = actions.message_id.filtered(lambda one: one.state in ("waiting", "sent"))
        return letters.filtered(lambda one: one.channel == "letter").action_print()

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse steps of a play that has started: UserError."""
        steps = super().create(vals_list)
        steps._check_draft()
        return steps

    def write(self, vals):
        """Refuse to change steps of a play that has started: UserError."""
        self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        self._check_draft()

    def _check_draft(self):
        if not self.env.su and any(step.play_id.state != "draft" for step in self):
            raise UserError(
                self.env._(
                    "The steps of a play that has started stay as they are. Stop it, and start a "
                    "copy with the changes."
                )
            )
