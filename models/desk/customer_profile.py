from odoo import api, fields, models

from ..base.access import GROUPS_STANDING
from ..calendar.reader_date import write_day
from ..calendar.reader_number import write_money

# What a button beside the name opens: model -> (field of the contact, what else holds).
DOCUMENTS = {
    "sale.order": ("partner_id", []),
    "account.move": (
        "partner_id",
        [("move_type", "in", ("out_invoice", "out_refund", "out_receipt"))],
    ),
    "stock.picking": ("partner_id", [("picking_type_code", "!=", "internal")]),
    "customer.complaint": ("customer_id", []),
    "customer.interaction": ("customer_id", []),
}


class CustomerProfile(models.Model):
    """The profile opened from a list is a place to work.

    Who it is and why they are on the list; what to do about it without going elsewhere. What a
    stage and a value class mean, in one sentence beside the badge.
    """

    _inherit = "customer.profile"

    partner_phone = fields.Char(
        string="Phone",
        compute="_compute_partner_phone",
        groups=GROUPS_STANDING,
        help="The customer's own, else of their first contact.",
    )
    partner_email = fields.Char(
        string="Email",
        compute="_compute_partner_email",
        groups=GROUPS_STANDING,
        help="The customer's own, else of their first contact.",
    )
    list_reason = fields.Char(
        string="Why they are on this list",
        compute="_compute_list_reason",
        groups=GROUPS_STANDING,
        help="Set by the list the customer was opened from.",
    )
    next_activity = fields.Char(
        string="Planned next", compute="_compute_next_activity", groups=GROUPS_STANDING
    )

    stage_meaning = fields.Char(
        string="What the stage means", compute="_compute_stage_meaning", groups=GROUPS_STANDING
    )
    value_class_meaning = fields.Char(
        string="What the class means",
        compute="_compute_value_class_meaning",
        groups=GROUPS_STANDING,
    )

    # === HOW TO REACH THEM ===

    @api.depends_context("uid")
    @api.depends("partner_id.phone")
    def _compute_partner_phone(self):
        reachable = self.partner_id._find_reachable("phone")
        for profile in self:
            profile.partner_phone = reachable.get(profile.partner_id, profile.partner_id).phone

    @api.depends_context("uid")
    @api.depends("partner_id.email")
    def _compute_partner_email(self):
        reachable = self.partner_id._find_reachable("email")
        for profile in self:
            profile.partner_email = reachable.get(profile.partner_id, profile.partner_id).email

    # === WHY ===

    @api.depends_context("customer_list", "lang", "uid")
    @api.depends("partner_id", "segment", "stage")
    def _compute_list_reason(self):
        reasons = self._get_list_reasons()
        get_reason = reasons.get(self.env.context.get("customer_list"))
        for profile in self:
            reason = get_reason and get_reason(profile)
            profile.list_reason = reason or profile._get_standing_reason()

    @api.model
    def _get_list_reasons(self):
        """Return list -> method that says why a customer is on it; "" when it cannot be said.

        The list is what an action gives as ``customer_list`` in its context.
        """
        reasons = {
            "leaving": CustomerProfile._get_leaving_reason,
            "contact_due": CustomerProfile._get_contact_due_reason,
        }
        if self._has_field_access(self._fields["value_at_risk"], "read"):
            reasons |= {
                "value_at_risk": CustomerProfile._get_value_at_risk_reason,
                "retention": lambda profile: profile.retention_sum,
            }
        return reasons

    def _get_standing_reason(self):
        """Return the segment with what it means; while it is being computed, that."""
        if self.is_computing:
            return self._get_computing_sentence()
        segment = self._get_selection_label("segment")
        if not segment:
            return self.env._("No segment yet: it follows the first purchase.")
        return self.env._(
            "%(segment)s: %(sentence)s", segment=segment, sentence=self.segment_sentence or ""
        )

    def _get_leaving_reason(self):
        """Return how the customer buys and how long the pause is, without any statistics."""
        return self._get_prediction_missing() or self._get_rhythm_sentence()

    def _get_contact_due_reason(self):
        if not self.contact_due_date:
            return ""
        due = write_day(self.env, self.contact_due_date)
        if not self.last_interaction_date:
            return self.env._("Contact was due on %(day)s; none has been logged yet.", day=due)
        return self.env._(
            "Contact was due on %(day)s; the last one was on %(last)s.",
            day=due,
            last=write_day(self.env, self.last_interaction_date),
        )

    def _get_value_at_risk_reason(self):
        if not self.value_at_risk:
            return ""
        return self.env._(
            "%(amount)s of the profit expected in the next 12 months would be lost if they left. "
            "%(sentence)s",
            amount=write_money(self.env, self.value_at_risk, self.currency_id),
            sentence=self._get_leaving_reason(),
        )

    @api.depends_context("uid", "lang")
    @api.depends("partner_id")
    def _compute_next_activity(self):
        """Tell the next planned step with the customer or one of its contacts, of anybody."""
        found = self._find_next_activities()
        for profile in self:
            activity = found.get(profile.partner_id)
            profile.next_activity = activity and self.env._(
                "%(what)s on %(day)s, %(who)s",
                what=activity.summary or activity.activity_type_id.name or "",
                day=write_day(self.env, activity.date_deadline),
                who=activity.user_id.name or "",
            )

    def _find_next_activities(self):
        """Return customer -> the activity due first, of those the user may read."""
        partners = self.env["res.partner"].search(
            [("commercial_partner_id", "in", self.partner_id.ids)]
        )
        activities = self.env["mail.activity"].search(
            [("res_model", "=", "res.partner"), ("res_id", "in", partners.ids)],
            order="date_deadline desc, id desc",
        )
        customers = {partner.id: partner.commercial_partner_id for partner in partners}
        return {customers[activity.res_id]: activity for activity in activities}

    # === WHAT BADGES MEAN ===

    @api.depends_context("lang")
    @api.depends("stage")
    def _compute_stage_meaning(self):
        meanings = self._get_stage_meanings()
        for profile in self:
            profile.stage_meaning = meanings.get(profile.stage, False)

    @api.depends_context("lang")
    @api.depends("value_class")
    def _compute_value_class_meaning(self):
        meanings = self._get_value_class_meanings()
        for profile in self:
            profile.value_class_meaning = meanings.get(profile.value_class, False)

    @api.model
    def _get_stage_meanings(self):
        """Return stage -> what it says of a customer, and what to do."""
        return {
            "prospect": self.env._("Has not bought yet: win the first purchase."),
            "new": self.env._("Has bought once, not long ago: see to it that all went well."),
            "active": self.env._("Buys in the usual rhythm: keep it so."),
            "slipping": self.env._("Pauses longer than usual: get in touch."),
            "lapsed": self.env._("Has most likely left: try to win back who was worth it."),
            "won_back": self.env._("Had left and has bought again: find out why, and stay close."),
        }

    @api.model
    def _get_value_class_meanings(self):
        """Return value class -> what it says of the profit of the last 365 days."""
        return {
            "A": self.env._("One of the few who bring the first half of the profit."),
            "B": self.env._("One of those who, with class A, bring 80 % of the profit."),
            "C": self.env._("One of those who, with classes A and B, bring 95 % of the profit."),
            "D": self.env._("Brings a little profit."),
            "N": self.env._("Brings no profit, or costs more than it brings."),
        }

    def _get_card_standing(self):
        return super()._get_card_standing() | {
            "stage_meaning": self.stage_meaning,
            "value_class_meaning": self.value_class_meaning,
        }

    # === WHAT TO DO ===

    def action_log(self):
        """Open the window that logs a contact with the customers. Public: button.

        :raise AccessError: when the user may not read the profile or log interactions
        """
        self.check_access("read")
        self.env["customer.interaction"].check_access("create")
        actions = self.env["ir.actions.actions"]
        action = actions._for_xml_id("customer_value.customer_interaction_log_action")
        return action | {"context": self._get_partner_context()}

    def action_plan(self):
        """Open Odoo's window that plans an activity with the customers. Public: button.

        :raise AccessError: when the user may not read the profile
        """
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan a follow-up"),
            "res_model": "mail.activity.schedule",
            "views": [(False, "form")],
            "target": "new",
            "context": self._get_partner_context(),
        }

    def _get_partner_context(self):
        """Return the context of a window that is opened as if on the customers' contacts."""
        partners = self.partner_id
        return {
            "active_model": "res.partner",
            "active_id": partners[:1].id,
            "active_ids": partners.ids,
        }

    def action_mail(self):
        """Open Odoo's window that writes to the customer, or a contact of theirs. Public: button.

        :raise AccessError: when the user may not read the profile
        """
        self.ensure_one()
        self.check_access("read")
        customer = self.partner_id
        written = customer._find_reachable("email").get(customer, customer)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write a mail"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": "res.partner",
                "default_res_ids": self.partner_id.ids,
                "default_partner_ids": written.ids,
                "default_composition_mode": "comment",
            },
        }

    def action_open_customer_documents(self):
        """Open all documents of one kind of the customer. Public: button.

        :param document_model: in the context, a key of ``DOCUMENTS``
        :raise AccessError: when the user may not read the profile or such documents
        """
        self.ensure_one()
        self.check_access("read")
        model = self.env.context.get("document_model")
        field, domain = DOCUMENTS.get(model) or DOCUMENTS["sale.order"]
        model = model if model in DOCUMENTS else "sale.order"
        self.env[model].check_access("read")
        names = {
            "sale.order": self.env._("Orders"),
            "account.move": self.env._("Invoices"),
            "stock.picking": self.env._("Deliveries"),
            "customer.complaint": self.env._("Complaints"),
            "customer.interaction": self.env._("Interactions"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "%(documents)s of %(customer)s",
                documents=names[model],
                customer=self.partner_id.display_name,
            ),
            "res_model": model,
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "mobile_view_mode": "kanban",
            "domain": [(field, "child_of", self.partner_id.id), *domain],
            "context": {"create": False},
        }
