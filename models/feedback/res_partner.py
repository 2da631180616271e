from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize_all
from odoo.tools.mail import email_escape_char

from ..base.access import GROUPS_STANDING


class ResPartner(models.Model):
    """Contacts with answers are archived or merged, never deleted."""

    _inherit = "res.partner"

    feedback_optout = fields.Boolean(
        string="Do not ask for feedback",
        help="No requests for feedback go to this contact; of a company, to none of its contacts.",
        groups=GROUPS_STANDING,
    )
    customer_feedback_count = fields.Integer(
        string="Feedback", compute="_compute_customer_feedback_count", groups=GROUPS_STANDING
    )

    # Few of very many: found without reading all contacts.
    _feedback_optout_idx = models.Index("(id) WHERE feedback_optout")

    @api.depends_context("allowed_company_ids")
    def _compute_customer_feedback_count(self):
        """Count the answers of the contact's customer; one query for any number of contacts."""
        counts = dict(
            self.env["customer.feedback"]._read_group(
                [("customer_id", "in", self.commercial_partner_id.ids), ("is_void", "=", False)],
                ["customer_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.customer_feedback_count = counts.get(partner.commercial_partner_id._origin, 0)

    @api.model
    def _is_feedback_refused(self, addresses, company):
        """Return whether a contact the company has does not want to be asked at an address.

        Whoever said so may be kept twice, under another name or customer, or have got another
        address since: what they were asked at when they said no counts, too.

        :param addresses: normalized addresses
        """
        self.env["customer.feedback.request"].flush_model()
        self.flush_model(["email", "feedback_optout", "commercial_partner_id", "company_id"])
        rows = self.env.execute_query(
            SQL(
                """WITH refused AS (
                       SELECT id FROM res_partner WHERE feedback_optout
                   ), contact AS (
                       SELECT p.id, p.email, p.company_id FROM res_partner p
                        WHERE p.id IN (SELECT id FROM refused)
                    UNION
                       SELECT p.id, p.email, p.company_id FROM res_partner p
                        WHERE p.commercial_partner_id IN (SELECT id FROM refused)
                   )
                   SELECT c.email FROM contact c
                    WHERE (c.company_id IS NULL OR c.company_id = ANY(%(companies)s))
                      AND c.email ILIKE ANY(%(patterns)s)
                UNION ALL
                   SELECT r.asked_emails FROM customer_feedback_request r
                     JOIN contact c ON c.id = r.partner_id
                    WHERE r.state = 'declined' AND r.company_id = %(company)s
                      AND string_to_array(r.asked_emails, ',') && %(addresses)s::text[]""",
                companies=company.sudo().parent_ids.ids,
                company=company.id,
                addresses=addresses,
                patterns=[f"%{email_escape_char(address)}%" for address in addresses],
            )
        )
        told = {address for (text,) in rows for address in email_normalize_all(text)}
        return not told.isdisjoint(addresses)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_feedback(self):
        domain = Domain("partner_id", "in", self.ids) | Domain("customer_id", "in", self.ids)
        feedback = self.env["customer.feedback"].sudo().search(domain, limit=1)
        if feedback:
            raise UserError(
                self.env._(
                    "%(contact)s cannot be deleted: this contact gave feedback, and it would be "
                    "lost. Archive the contact, or merge it into another.",
                    contact=feedback.partner_id._get_plain_name(),
                )
            )
