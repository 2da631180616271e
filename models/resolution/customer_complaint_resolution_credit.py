from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CustomerComplaintResolution(models.Model):
    """A credit note, in draft: Odoo's own reversal of the invoice, with the lines asked for."""

    _inherit = "customer.complaint.resolution"

    invoice_id = fields.Many2one(
        comodel_name="account.move",
        compute="_compute_invoice_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        domain="[('commercial_partner_id.commercial_partner_id', '=', customer_id),"
        " ('company_id', '=', company_id),"
        " ('move_type', '=', 'out_invoice'), ('state', '=', 'posted')]",
        help="Empty: the credit note refers to no invoice.",
    )

    @api.depends("complaint_id", "kind")
    def _compute_invoice_id(self):
        for resolution in self:
            complaint = resolution.complaint_id
            if resolution.kind == "credit" and complaint and not resolution.invoice_id:
                resolution.invoice_id = complaint._get_origin_invoices()[:1]

    def _get_price_currency_credit(self):
        return self.invoice_id.currency_id or self._get_price_currency()

    def _propose_lines_credit(self):
        """Propose the lines of the invoice; a quantity only for what the complaint is about."""
        complaint = self.complaint_id.sudo()
        lines = self.sudo().invoice_id.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )
        return [
            {
                "invoice_line_id": line.id,
                "product_id": line.product_id.id,
                "name": line.name,
                "quantity": line.quantity if complaint._is_about(line) else 0,
                "price_unit": line.price_unit,
                "discount": line.discount,
            }
            for line in lines
        ]

    def _check_credit(self):
        """Refuse to give back more than was invoiced, credit notes before this included.

        In the currency of the invoice, whatever its rate did since. What other complaints ask for
        and is still to be made counts, too.
        """
        self._check()
        invoice = self.sudo().invoice_id
        for line in self.sudo().line_ids:
            original = line.invoice_line_id
            if original and (original.move_id, original.product_id) != (invoice, line.product_id):
                raise UserError(
                    self.env._(
                        "%(line)s is not on the invoice: choose the invoice again.",
                        line=line.name or line.product_id.display_name or "",
                    )
                )
        if not invoice:
            return
        customer = invoice.commercial_partner_id.commercial_partner_id
        if customer != self.sudo().complaint_id.customer_id:
            raise UserError(self.env._("This is an invoice of another customer: choose another."))
        if invoice.state != "posted" or invoice.move_type != "out_invoice":
            raise UserError(self.env._("Only posted customer invoices can be credited."))
        currency = invoice.currency_id
        left = max(self._get_left_to_credit(), 0)
        if currency.compare_amounts(self._get_credited_amount(), left) > 0:
            raise UserError(
                self.env._(
                    "Only %(amount)s of %(invoice)s are left to be credited, without taxes: "
                    "enter smaller quantities or prices.",
                    amount=currency.format(left),
                    invoice=invoice.name,
                )
            )

    def _get_left_to_credit(self):
        """Return what may still be credited of the invoice, without taxes, in its currency."""
        invoice = self.sudo().invoice_id
        notes = invoice.reversal_move_ids.filtered(lambda move: move.state != "cancel")
        waiting = self.sudo().search(
            [
                ("invoice_id", "=", invoice.id),
                ("kind", "=", "credit"),
                ("state", "in", ("to_approve", "approved")),
                ("id", "not in", self.ids),
            ]
        )
        return (
            invoice.amount_untaxed
            - sum(
                note.currency_id._convert(
                    note.amount_untaxed,
                    invoice.currency_id,
                    invoice.company_id,
                    invoice.invoice_date,
                )
                for note in notes
            )
            - sum(other._get_credited_amount() for other in waiting)
        )

    def _get_credited_amount(self):
        """Return what is asked for, without taxes, in the currency of the invoice."""
        currency = self.sudo().invoice_id.currency_id
        return sum(currency.round(line._get_untaxed_amount()) for line in self.sudo().line_ids)

    def _may_make_credit(self):
        moves = self.env["account.move"]
        return moves.has_access("create") and self.env["account.move.reversal"].has_access("create")

    def _make_credit(self):
        """Create the draft with the rights of the user; posting it remains the accountant's.

        :raise UserError: when others have credited the invoice meanwhile
        """
        self._check_credit()
        moves = self.env["account.move"].with_company(self.company_id)
        if not self.invoice_id:
            partner = self.complaint_id.partner_id
            return moves.create(
                {
                    "move_type": "out_refund",
                    "partner_id": partner.id,
                    "ref": self.reason or self.complaint_id.name,
                    "currency_id": self.company_id.currency_id.id,
                    "invoice_line_ids": [
                        Command.create(values) for values in self._prepare_credit_lines()
                    ],
                }
            )
        wizard = (
            self.env["account.move.reversal"]
            .with_company(self.company_id)
            .with_context(active_model="account.move", active_ids=self.invoice_id.ids)
            .create(
                {
                    "reason": self.reason or self.complaint_id.name,
                    "journal_id": self.invoice_id.journal_id.id,
                }
            )
        )
        note = moves.browse(wizard.refund_moves()["res_id"])
        note.write({"invoice_line_ids": self._prepare_credit_changes(note)})
        return note

    def _prepare_credit_changes(self, note):
        """Return the commands that leave of the reversal what was asked for."""
        wanted = {line.invoice_line_id: line for line in self.line_ids if line.quantity}
        added = [line for line in self.line_ids if line.quantity > 0 and not line.invoice_line_id]
        commands = []
        originals = self.invoice_id.invoice_line_ids.sorted("id")
        for original, copy in zip(originals, note.invoice_line_ids.sorted("id"), strict=True):
            line = wanted.get(original)
            if line:
                values = line._prepare_amounts()
                commands.append(Command.update(copy.id, values))
            else:
                commands.append(Command.delete(copy.id))
        return commands + [Command.create(line._prepare_document_line()) for line in added]

    def _prepare_credit_lines(self):
        return [line._prepare_document_line() for line in self.line_ids if line.quantity > 0]
