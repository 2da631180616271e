from odoo import api, fields, models
from odoo.fields import Domain

from ..base.folded_text import FoldedChar, FoldedHtml, FoldedText, GramsIndex, IndexedFoldedChar

SEVERITIES = [("0", "Minor"), ("1", "Normal"), ("2", "Major"), ("3", "Critical")]
DEPARTMENTS = [
    ("sales", "Sales"),
    ("purchasing", "Purchasing"),
    ("production", "Production"),
    ("quality", "Quality"),
    ("warehouse", "Warehouse"),
    ("delivery", "Delivery"),
    ("invoicing", "Invoicing"),
    ("service", "Customer service"),
    ("other", "Other"),
]
RESULTS = ("credit_note_ids", "return_ids", "replacement_ids")


class CustomerComplaint(models.Model):
    """A customer's complaint, from its receipt to its solution.

    The buttons that give something for a complaint, and open what was given.
    """

    _name = "customer.complaint"
    _description = "Complaint"
    _inherit = [
        "customer.company.mixin",
        "customer.gate.mixin",
        "customer.refresh.source.mixin",
        "customer.contact.mixin",
        "customer.correspondence.mixin",
        "customer.request.mixin",
        "portal.mixin",
        "mail.thread.cc",
        "mail.tracking.duration.mixin",
        "mail.activity.mixin",
    ]
    _order = "open_date desc, id desc"
    _check_company_auto = True
    _refresh_reason = "complaint"
    _refresh_fields = frozenset(
        {
            *("partner_id", "company_id", "open_date", "close_date", "hours", "severity"),
            "duplicate_of_id",
        }
    )
    _track_duration_field = "stage_id"
    _primary_email = "email_from"
    _mail_post_access = "read"
    _rec_names_search = ["name", "subject"]

    name = FoldedChar(string="Number", readonly=True, copy=False, index="trigram")
    subject = IndexedFoldedChar(required=True)
    description = FoldedHtml(help="What the customer said; the customer sees it, too.")
    severity = fields.Selection(
        selection=SEVERITIES, required=True, default="1", tracking=True, index=True
    )
    partner_id = fields.Many2one(
        string="Contact",
        comodel_name="res.partner",
        ondelete="restrict",
        index=True,
        tracking=True,
        check_company=True,
        help="Empty while it is not known who wrote.",
    )
    email_from = FoldedChar(
        string="E-mail", help="As it came in, for senders nobody knows yet.", copy=False
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )
    team_id = fields.Many2one(
        comodel_name="customer.complaint.team",
        ondelete="restrict",
        check_company=True,
        index=True,
        tracking=True,
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    user_id = fields.Many2one(
        string="Responsible",
        comodel_name="res.users",
        ondelete="set null",
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    stage_id = fields.Many2one(
        comodel_name="customer.complaint.stage",
        ondelete="restrict",
        index=True,
        tracking=True,
        copy=False,
        group_expand="_read_group_expand_full",
        default=lambda self: self.env["customer.complaint.stage"]._get_first(),
    )
    date_last_stage_update = fields.Datetime(
        string="In this stage since", readonly=True, copy=False, default=fields.Datetime.now
    )
    is_solved = fields.Boolean(related="stage_id.is_solved")
    category_id = fields.Many2one(
        comodel_name="customer.complaint.category",
        ondelete="restrict",
        index=True,
        tracking=True,
    )
    tag_ids = fields.Many2many(
        string="Tags",
        comodel_name="customer.complaint.tag",
        relation="customer_complaint_tag_rel",
        column1="complaint_id",
        column2="tag_id",
    )
    open_date = fields.Datetime(
        string="Received on", required=True, default=fields.Datetime.now, index=True
    )
    first_response_date = fields.Datetime(
        string="First answer",
        readonly=True,
        copy=False,
        help="When one of us first answered the customer.",
    )
    close_date = fields.Datetime(string="Solved on", readonly=True, copy=False, index=True)
    reopen_count = fields.Integer(string="Times reopened", readonly=True, copy=False)
    hours = fields.Float(
        string="Hours spent", copy=False, help="Working time; counts in the cost to serve."
    )
    is_from_customer = fields.Boolean(
        string="Made by the customer", readonly=True, copy=False, help="On the portal or by mail."
    )
    previous_id = fields.Many2one(
        string="Follows",
        comodel_name="customer.complaint",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The solved complaint the customer has come back to.",
    )
    root_cause = FoldedText(copy=False, help="Why it happened; for colleagues only.")
    department = fields.Selection(
        string="Responsible department", selection=DEPARTMENTS, tracking=True, copy=False
    )
    corrective_action = FoldedText(copy=False, help="What puts this case right.")
    preventive_action = FoldedText(copy=False, help="What keeps it from happening again.")
    finding = FoldedText(
        string="What we found",
        copy=False,
        help="What came out, in words the customer may read. Printed in the answer.",
    )
    resolution = FoldedText(
        copy=False,
        tracking=True,
        help="How it was solved, in words the customer may read. Needed to close.",
    )
    color = fields.Integer()

    # Without the customer: merging contacts may not drop rows (docs/architecture.md).
    _request_key_uniq = models.Constraint(
        "UNIQUE(company_id, request_key)", "This complaint has been recorded already."
    )
    _hours_range = models.Constraint(
        "CHECK(hours >= 0 AND hours < 10000)",
        "The hours spent on a complaint must be between 0 and 10,000.",
    )
    _date_order = models.Constraint(
        "CHECK(close_date IS NULL OR close_date >= open_date)",
        "A complaint cannot be solved before it was received.",
    )
    _customer_idx = models.Index("(customer_id, open_date DESC, id DESC)")
    _subject_grams_idx = GramsIndex("subject")
    _open_idx = models.Index("(company_id, customer_id) WHERE close_date IS NULL")

    @api.depends("company_id")
    def _compute_team_id(self):
        """The first team of the company, unless one of the company was chosen."""
        teams = self.env["customer.complaint.team"].search(
            [("company_id", "in", self.company_id.ids)]
        )
        first = {}
        for team in teams:
            first.setdefault(team.company_id, team)
        for complaint in self:
            if complaint.team_id.company_id != complaint.company_id:
                complaint.team_id = first.get(complaint.company_id)

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for complaint in self:
            parts = filter(None, (complaint.name, complaint.subject))
            complaint.display_name = " · ".join(parts)

    def _compute_access_url(self):
        for complaint in self:
            complaint.access_url = f"/my/complaints/{complaint.id}"

    @api.model
    def _count_open(self, partner):
        """Return how many complaints of a customer are open that the user may read."""
        return self.search_count(
            [
                ("customer_id", "=", partner.commercial_partner_id.id),
                ("close_date", "=", False),
            ]
        )

    def _open_resolution(self, kind):
        self.ensure_one()
        self.check_access("write")
        resolutions = self.env["customer.complaint.resolution"]
        labels = dict(resolutions._fields["kind"]._description_selection(self.env))
        return {
            "type": "ir.actions.act_window",
            "name": labels[kind],
            "res_model": "customer.complaint.resolution",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_complaint_id": self.id, "default_kind": kind},
        }

    def action_credit(self):
        """Open the proposal of a credit note. Public: button."""
        return self._open_resolution("credit")

    def action_return(self):
        """Open the proposal of a return. Public: button."""
        return self._open_resolution("return")

    def action_replace(self):
        """Open the proposal of a replacement. Public: button."""
        return self._open_resolution("replacement")

    def action_give_points(self):
        """Open the proposal of loyalty points. Public: button."""
        return self._open_resolution("points")

    def action_open_result(self):
        """Open the documents made for the complaint, with the user's rights. Public: button.

        The context says which: ``result`` is credit_note_ids, return_ids or replacement_ids.
        """
        self.ensure_one()
        self.check_access("read")
        name = self.env.context.get("result")
        name = name if name in RESULTS else RESULTS[0]
        documents = self[name]
        documents.check_access("read")
        action = {
            "type": "ir.actions.act_window",
            "name": self._fields[name]._description_string(self.env),
            "res_model": documents._name,
        }
        if len(documents) == 1:
            return {**action, "res_id": documents.id, "views": [(False, "form")]}
        domain = list(Domain("id", "in", documents.ids))
        views = [(False, "list"), (False, "kanban"), (False, "form")]
        return {**action, "domain": domain, "views": views, "mobile_view_mode": "kanban"}

    def action_open_customer_complaints(self):
        """Open all complaints of the customer. Public: button."""
        self.ensure_one()
        self.check_access("read")
        return self.customer_id.action_open_complaints()
