from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..base.access import MANAGER

KINDS = [
    ("credit", "Credit note"),
    ("return", "Return"),
    ("replacement", "Replacement"),
    ("points", "Loyalty points"),
]
STATES = [
    ("draft", "New"),
    ("to_approve", "Waiting for approval"),
    ("approved", "To be made"),
    ("done", "Made"),
    ("refused", "Refused"),
]


class CustomerComplaintResolution(models.Model):
    """Something given to a customer for a complaint: asked for, approved, and made.

    Whoever works on the complaint asks. Beyond the company's limit a manager approves. The
    document is made with the rights of who makes it: without them, the request goes on to
    somebody who has them. Each kind has a file of its own (customer_complaint_<kind>.py).
    """

    _name = "customer.complaint.resolution"
    _description = "Resolution of a Complaint"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _document_fields = ("invoice_id", "picking_id", "program_id")
    # Only the methods below change these: a request cannot be approved by writing it so.
    _guarded_fields = frozenset(
        {"state", "amount", "approver_id", "refusal", "document_model", "document_id"}
        | {"activity_id", "company_id"}
    )

    complaint_id = fields.Many2one(
        comodel_name="customer.complaint", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    customer_id = fields.Many2one(related="complaint_id.customer_id")
    kind = fields.Selection(selection=KINDS, required=True)
    state = fields.Selection(
        selection=STATES, required=True, default="draft", readonly=True, copy=False
    )
    reason = fields.Char(help="Printed on the document.")
    line_ids = fields.One2many(
        comodel_name="customer.complaint.resolution.line",
        inverse_name="resolution_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        precompute=True,
    )
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        help="What is given, without taxes, in the currency of the company.",
    )
    approver_id = fields.Many2one(
        string="Approved or refused by",
        comodel_name="res.users",
        ondelete="set null",
        readonly=True,
        copy=False,
    )
    refusal = fields.Char(string="Why not", readonly=True, copy=False)
    may_make = fields.Boolean(
        compute="_compute_may_make", help="The reader has the right to make what is asked for."
    )
    document_model = fields.Char(readonly=True, copy=False)
    document_id = fields.Many2oneReference(model_field="document_model", readonly=True, copy=False)

    _complaint_idx = models.Index("(complaint_id, state)")

    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for resolution in self:
            resolution.display_name = labels.get(resolution.kind, "")

    @api.depends("complaint_id", "kind", "invoice_id", "picking_id")
    def _compute_line_ids(self):
        """Propose what the origin of the complaint suggests, as long as nothing is decided."""
        for resolution in self:
            if resolution.state == "draft":
                lines = resolution.kind and resolution._call_kind("propose_lines") or []
                resolution.line_ids = [
                    fields.Command.clear(),
                    *(fields.Command.create(values) for values in lines),
                ]

    @api.depends("line_ids.amount", "points", "program_id", "kind")
    def _compute_amount(self):
        for resolution in self:
            resolution.amount = resolution._call_kind("get_amount")

    @api.depends_context("uid")
    @api.depends("kind")
    def _compute_may_make(self):
        for resolution in self:
            resolution.may_make = bool(resolution.kind) and resolution._call_kind("may_make")

    def _call_kind(self, name):
        """Call ``_<name>_<kind>`` and, where a kind has none of its own, ``_<name>``."""
        method = getattr(self, f"_{name}_{self.kind}", None) or getattr(self, f"_{name}")
        return method()

    def _propose_lines(self):
        return []

    def _is_amount_unknown(self):
        return False

    def _get_price_currency(self):
        """Return the currency of the prices of the lines."""
        return self.complaint_id.company_id.currency_id

    def _get_amount(self):
        return sum(self.line_ids.mapped("amount"))

    # === GUARDS ===

    @api.model_create_multi
    def create(self, vals_list):
        resolutions = super().create(vals_list)
        resolutions._check_draft()
        return resolutions

    def write(self, vals):
        if not self.env.su and "complaint_id" in vals:  # it does not move to another
            self._refuse_guarded()
        self._check_draft()
        return super().write(vals)

    def _check_draft(self):
        """What was asked for or approved stays as it is; the stored record tells."""
        if not self.env.su and any(r.state != "draft" for r in self.sudo()):
            self._refuse_guarded()

    def _is_own_document(self, name, document, values):
        complaint = self._get_given(values, "complaint_id")
        customer, company = complaint.customer_id, complaint.company_id
        if name == "program_id":  # the company's, not the customer's
            is_ours = document.company_id <= company
            return bool(complaint) and is_ours and document.program_type == "loyalty"
        if name == "picking_id":
            return document.state == "done" and document._is_of_customer(customer, company)
        is_sold = document.state == "posted" and document.move_type == "out_invoice"
        return is_sold and document._is_of_customer(customer, company)

    def _refuse_guarded(self):
        raise AccessError(
            self.env._("What is given for a complaint is decided with the buttons, step by step.")
        )

    # === STEPS ===

    def action_confirm(self):
        """Ask for the resolution, and make it at once where that is allowed. Public: button.

        :return: an action that opens the document, or tells who goes on with it
        :raise UserError: when nothing is to be given
        :raise AccessError: for users who may not work on the complaint
        """
        self.ensure_one()
        self.check_access("write")
        self.complaint_id.check_access("write")
        self._check_state("draft")
        self._call_kind("check")
        if self._needs_approval() and not self._is_manager():
            self.sudo().state = "to_approve"
            approver = self._get_approver()
            self._ask(approver, self.env._("Approve: %(what)s", what=self._describe()))
            return self._tell_asked(
                approver, self.env._("%(what)s: sent to %(who)s, who has to approve it.")
            )
        self.sudo().state = "approved"
        return self._make_or_ask()

    def action_approve(self):
        """Allow what goes beyond the limit. Public: button.

        :raise AccessError: for all but managers
        """
        self.ensure_one()
        self._check_manager()
        self._check_state("to_approve")
        self.sudo().write({"state": "approved", "approver_id": self.env.user.id})
        self._log(self.env._("Approved: %(what)s", what=self._describe()))
        self._end_activities()
        return self._make_or_ask()

    def action_refuse(self):
        """Refuse a request; the complaint goes on without it. Public: button.

        :raise AccessError: for all but managers
        """
        self.ensure_one()
        self._check_manager()
        self._check_state("to_approve", "approved")
        self.sudo().write({"state": "refused", "approver_id": self.env.user.id})
        self._log(self.env._("Refused: %(what)s", what=self._describe()))
        self._end_activities()
        self.complaint_id._follow_results()
        return True

    def action_make(self):
        """Make what was asked for and allowed, with the rights of the user. Public: button.

        :return: an action that opens the document
        :raise AccessError: when the user may not make such documents
        """
        self.ensure_one()
        self.check_access("read")
        self._check_state("approved")
        if not self._call_kind("may_make"):
            raise AccessError(
                self.env._(
                    "You have no right to make this. %(who)s can.",
                    who=self._get_maker().display_name or self.env._("Your administrator"),
                )
            )
        return self._make_or_ask()

    def action_open_document(self):
        """Open what was made, with the rights of the user. Public: button.

        :raise AccessError: when the user may not read it
        """
        self.ensure_one()
        self.check_access("read")
        if not self.may_open:
            raise AccessError(self.env._("You have no right to open what was made."))
        return self._open_document()

    def _make_or_ask(self):
        if not self._call_kind("may_make"):
            maker = self._get_maker()
            self._ask(maker, self.env._("Make: %(what)s", what=self._describe()))
            return self._tell_asked(maker, self.env._("%(what)s: sent to %(who)s, who makes it."))
        document = self._call_kind("make")
        self.sudo().write(
            {"state": "done", "document_model": document._name, "document_id": document.id}
        )
        self._link(document)
        self._end_activities()
        self.complaint_id._follow_results()
        return self._open_document()

    def _check_state(self, *states):
        self.lock_for_update()
        if self.state not in states:
            raise UserError(
                self.env._("This has been decided by somebody meanwhile: reload the page.")
            )

    def _check(self):
        """Refuse a resolution that gives nothing."""
        if not any(line.quantity > 0 for line in self.line_ids):
            raise UserError(
                self.env._("There is nothing to give: enter a quantity in at least one line.")
            )

    # === WHO ===

    def _is_manager(self):
        return self.env.su or self.env.user.has_group(MANAGER)

    def _check_manager(self):
        if not self._is_manager():
            raise AccessError(self.env._("Only managers of Customer Value approve or refuse."))
        self.check_access("write")

    def _needs_approval(self):
        """Whether all that was given for the complaint, this included, exceeds the limit.

        Parts of a larger sum need approval like the sum. Goods that come back are no gift, and
        nothing makes room for more.
        """
        resolution = self.sudo()
        company, siblings = resolution.company_id, resolution._lock_siblings()
        if not company.customer_complaint_is_limited:
            return False
        if resolution._call_kind("is_amount_unknown"):
            return True
        counted = resolution
        if self.kind != "return":
            counted |= siblings.filtered(
                lambda other: other.kind != "return" and other.state not in ("draft", "refused")
            )
        given = sum(max(other._call_kind("get_approval_amount"), 0) for other in counted)
        limit = company.customer_complaint_approval_limit
        return company.currency_id.compare_amounts(given, limit) > 0

    def _lock_siblings(self):
        """Return all that is asked for the same complaint; who asks at the same time waits.

        An update, not only a lock: with what was committed meanwhile, Odoo begins anew.
        """
        complaint = self.complaint_id
        query = "UPDATE customer_complaint SET id = id WHERE id = %s"
        self.env.cr.execute(SQL(query, complaint.id))
        return complaint.resolution_ids

    def _get_approval_amount(self):
        """Return the worth that may need approval, in company currency of today.

        Before discounts and at the list price at least, free goods included: what is asked for
        does not get smaller by its price, nor by lines that take something back.
        """
        return sum(line._get_approval_amount() for line in self.line_ids)
