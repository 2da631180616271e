from odoo import Command, api, fields, models
from odoo.tools import format_list

from ..models.guard.digits import write_digits
from ..models.play.customer_play_target import LEFT_OUT_REASONS

COPIED = (
    *("goal", "period_days", "after_days", "is_offer", "is_retention", "is_worth_only"),
    *("is_complaint_allowed", "reason"),
)


class CustomerPlayStart(models.TransientModel):
    """Start a play from a list, after a dry run: whom, why, what it costs, what it should bring."""

    _name = "customer.play.start"
    _description = "Start a Play"
    _inherit = "customer.gate.mixin"

    play_id = fields.Many2one(comodel_name="customer.play", ondelete="cascade")
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        compute="_compute_values",
        store=True,
        readonly=False,
        precompute=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    template_id = fields.Many2one(
        string="Which play",
        comodel_name="customer.play.template",
        default=lambda self: self._default_template(),
        domain="[('company_id', 'in', (company_id, False))]",
    )
    picked = fields.Char(default=lambda self: self._default_picked())
    domain = fields.Char(
        string="For whom",
        compute="_compute_values",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    user_id = fields.Many2one(
        string="Owner",
        comodel_name="res.users",
        compute="_compute_values",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    control_percent = fields.Float(
        string="Control group (%)",
        digits=(5, 2),
        compute="_compute_values",
        store=True,
        readonly=False,
        precompute=True,
        help="Percent of the customers, drawn at random, who get nothing.",
    )
    budget = fields.Monetary(
        compute="_compute_values",
        store=True,
        readonly=False,
        precompute=True,
        help="Steps that would cost more in total are left out; 0: no limit.",
    )
    # === THE DRY RUN === #
    reason = fields.Text(string="Why", compute="_compute_preview")
    steps_text = fields.Text(string="Steps", compute="_compute_preview")
    found_count = fields.Integer(string="Found", compute="_compute_preview")
    left_out_count = fields.Integer(string="Left out", compute="_compute_preview")
    left_out_text = fields.Text(string="Why left out", compute="_compute_preview")
    play_count = fields.Integer(string="Get the play", compute="_compute_preview")
    control_count = fields.Integer(string="Control group size", compute="_compute_preview")
    cost = fields.Monetary(string="It costs", compute="_compute_preview")
    unpaid_count = fields.Integer(
        string="Steps left out by the budget",
        compute="_compute_preview",
        help="Steps for a customer that the budget does not pay for; what the play should bring is "
        "less by their share of the cost.",
    )
    untouched = fields.Monetary(
        string="Worth if nothing is done",
        compute="_compute_preview",
        help="Expected profit of the next 12 months times the chance that they stay, of all who "
        "take part.",
    )
    gain = fields.Monetary(
        string="It should bring",
        compute="_compute_preview",
        help="What the play group should bring beyond that, less the cost.",
    )
    unknown_count = fields.Integer(string="Without a prediction", compute="_compute_preview")

    @api.model
    def _default_template(self):
        return self.env["customer.play.template"].search(
            [("company_id", "in", (self.env.company.id, False))], limit=1
        )

    @api.model
    def _default_picked(self):
        """Return the rows that were chosen in a list as a filter on customers."""
        ids = [id_ for id_ in self.env.context.get("active_ids") or () if type(id_) is int]
        model = self.env.context.get("active_model")
        if model == "customer.profile" and ids:
            return str([("id", "in", ids)])
        if model == "res.partner" and ids:
            contacts = self.env["res.partner"].search([("id", "in", ids)])
            return str([("partner_id", "in", contacts.commercial_partner_id.ids)])
        return False

    @api.depends("template_id", "play_id")
    def _compute_values(self):
        for wizard in self:
            play = wizard.play_id
            wizard.company_id = play.company_id or self.env.company
            wizard.domain = play.domain or wizard.picked or wizard.template_id.domain or "[]"
            wizard.user_id = play.user_id or self.env.user
            wizard.control_percent = play.control_percent if play else 20
            wizard.budget = play.budget

    @api.depends("template_id", "play_id", "domain", "company_id", "control_percent", "budget")
    def _compute_preview(self):
        for wizard in self:
            play = wizard.play_id or self.env["customer.play"].new(wizard._prepare_play())
            wizard.update(wizard._get_preview(play))

    def _get_preview(self, play):
        """Return the fields of the dry run; nothing is drawn or saved yet."""
        profiles, left_out = self._split(play)
        count = len(profiles)
        control = round(count * self.control_percent / 100)
        if self.control_percent and count > 1:
            control = min(max(control, 1), count - 1)
        _stay, untouched, gain = play._get_expectations(profiles)
        share = (count - control) / count if count else 0
        cost, paid_share, unpaid = play._get_paid_steps(count - control, self.budget)
        reasons = list(left_out.values())
        return {
            "reason": play.reason,
            "steps_text": "\n".join(
                self.env._(
                    "Day %(day)s: %(step)s", day=write_digits(self.env, step.day), step=step.name
                )
                for step in play.step_ids.sorted("day")
            ),
            "found_count": count + len(left_out),
            "left_out_count": len(left_out),
            "left_out_text": format_list(
                self.env,
                [
                    f"{self._get_reason_label(reason)}: "
                    f"{write_digits(self.env, reasons.count(reason))}"
                    for reason in LEFT_OUT_REASONS
                    if reason in reasons
                ],
            ),
            "play_count": count - control,
            "control_count": control,
            "cost": cost,
            "unpaid_count": unpaid,
            "untouched": float(untouched.sum()),
            "gain": float(gain.sum() * share * paid_share),
            "unknown_count": len(profiles.filtered(lambda p: p.alive_probability is False)),
        }

    def _get_reason_label(self, reason):
        texts = {
            "archived": self.env._("contact is archived"),
            "other_play": self.env._("in another play"),
            "complaint": self.env._("a complaint is open"),
            "opted_out": self.env._("do not want to be contacted"),
            "no_address": self.env._("no address or number for it"),
            "quiet": self.env._("contacted shortly before"),
            "not_worth": self.env._("stay anyway, or are let go"),
        }
        return texts[reason]

    def _split(self, play):
        """Return the profiles that take part, and {profile: reason} of those left out."""
        profiles = play._get_candidates()
        left_out = play._get_left_out(profiles)
        return profiles.filtered(lambda profile: profile not in left_out), left_out

    def _prepare_play(self):
        template = self.template_id
        contact_cost = self.company_id.sudo().customer_retention_contact_cost
        return {
            **{name: template[name] for name in COPIED if template},
            "name": template.name or self.env._("Play"),
            "template_id": template.id,
            "company_id": self.company_id.id,
            "domain": self.domain or "[]",
            "user_id": self.user_id.id,
            "control_percent": self.control_percent,
            "budget": self.budget,
            "step_ids": [
                Command.create(
                    {
                        **step._get_copied_values(),
                        "cost": contact_cost if step.kind == "activity" else 0.0,
                    }
                )
                for step in template.step_ids
            ],
        }

    # === BUTTONS ===

    def action_start(self):
        """Start the play. Public: button.

        :raise AccessError: for users who may not build plays
        :raise UserError: a step lacks its mail or program
        """
        play = self._get_play()
        play.action_start()
        return play._get_records_action(context={})

    def action_keep(self):
        """Keep the play as a draft, to change its steps first. Public: button."""
        return self._get_play()._get_records_action(context={})

    def _get_play(self):
        """Return the play as a draft with what the form says."""
        self.ensure_one()
        plays = self.env["customer.play"]
        plays.check_access("create")
        values = self._prepare_play()
        if not self.play_id:
            play = plays.create(values)
            self._copy_translations(play)
            return play
        changed = ("domain", "user_id", "control_percent", "budget")
        self.play_id.write({name: values[name] for name in changed})
        return self.play_id

    def _copy_translations(self, play):
        """Let a play say in every language what its template does, not only in that of its owner.

        The texts of its steps go to contacts in their own language.
        """
        template = self.template_id
        template.copy_translations(play, excluded=("step_ids",))
        for step, copied in zip(template.step_ids, play.step_ids.sorted("id"), strict=True):
            step.copy_translations(copied)

    def action_open_taking_part(self):
        """Open the customers who take part, by what they are worth. Public: button."""
        return self._open_profiles(self._split(self._get_shown_play())[0])

    def action_open_left_out(self):
        """Open the customers who are left out. Public: button."""
        left_out = self._split(self._get_shown_play())[1]
        return self._open_profiles(self.env["customer.profile"].union(*left_out))

    def _get_shown_play(self):
        self.ensure_one()
        return self.play_id or self.env["customer.play"].new(self._prepare_play())

    def _open_profiles(self, profiles):
        actions = self.env["ir.actions.actions"]
        action = actions._for_xml_id("customer_value.customer_profile_action")
        return action | {"domain": [("id", "in", profiles.ids)], "context": {}}
