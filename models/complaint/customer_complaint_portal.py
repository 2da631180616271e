import mimetypes
import os

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, plaintext2html
from odoo.tools.mimetypes import guess_mimetype

from ..base.access import USER

MAX_SUBJECT_LENGTH = 200
MAX_TEXT_LENGTH = 20_000
MAX_FILES = 5
MAX_BYTES = 10 * 1024 * 1024
# One customer; more is no complaining but a program, or despair that belongs on the phone.
MAX_PER_HOUR = 10
# What people have: pictures and papers. Nothing that a browser would run.
FILE_TYPES = {
    ".jpg": ("image/jpeg",),
    ".jpeg": ("image/jpeg",),
    ".png": ("image/png",),
    ".gif": ("image/gif",),
    ".webp": ("image/webp",),
    ".pdf": ("application/pdf",),
    ".txt": ("text/plain",),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",),
    ".odt": ("application/vnd.oasis.opendocument.text",),
}


class CustomerComplaint(models.Model):
    """What customers do with their complaints on the portal.

    Portal users have no rights on the model: the pages find and show their own complaints, and
    of these only what is meant for them.
    """

    _inherit = "customer.complaint"

    # Whoever knows it writes and closes as the customer.
    access_token = fields.Char(groups=USER)

    def _sign_token(self, pid):
        """Readers write to customers, too: the link of the mail needs the key they may not have."""
        return super(CustomerComplaint, self.sudo())._sign_token(pid)

    @api.model
    def _get_portal_domain(self, partner):
        """Return the domain of the complaints of a contact's company."""
        return Domain("customer_id", "=", partner.commercial_partner_id.id or 0)

    def _is_own_of(self, user):
        """Whether a complaint is of the customer a portal user works for."""
        self.ensure_one()
        customer = user.partner_id.commercial_partner_id
        return user._is_portal() and bool(customer) and self.customer_id == customer

    @api.model
    def _get_portal_lines(self, partner):
        """Return the order lines a customer may complain about, the latest first."""
        return (
            self.env["sale.order.line"]
            .sudo()
            .search(
                [
                    ("order_id.customer_counted_for_id", "=", partner.commercial_partner_id.id),
                    ("order_id.state", "=", "sale"),
                    ("display_type", "=", False),
                    ("is_downpayment", "=", False),
                ],
                order="order_id desc, id",
                limit=100,
            )
        )

    @api.model
    def _create_from_portal(self, partner, company, given, files):
        """Record what a customer has sent; the same form sent twice is one complaint.

        :param dict given: texts of the form: subject, description, order_line, category, key
        :param list files: (name, bytes)
        :return: the complaint; none when the same form is being recorded this moment
        :raise ValidationError: with a sentence for the customer
        """
        key = f"portal:{partner.id}:{given['key'][:64]}" if given.get("key") else False
        domain = self._get_portal_domain(partner) & Domain("request_key", "=", key)
        found = self.search(domain, limit=1) if key else self.browse()
        if found:
            return found
        if key and self._is_recorded(key):  # this moment, by another process
            return found
        values = self._prepare_portal_values(partner, given)
        # Goods of another company are a complaint to that one.
        line = self.env["sale.order.line"].sudo().browse(values.get("order_line_id"))
        company = line.company_id or company
        self._check_portal_files(files)
        self._check_portal_rate(partner)
        complaint = self.with_company(company).create(
            {
                **values,
                "partner_id": partner.id,
                "company_id": company.id,
                "request_key": key,
                "is_from_customer": True,
            }
        )
        for name, content in files:
            self.env["ir.attachment"].create(
                {"name": name, "raw": content, "res_model": self._name, "res_id": complaint.id}
            )
        complaint._confirm_receipt()
        return complaint

    @api.model
    def _prepare_portal_values(self, partner, given):
        subject = " ".join((given.get("subject") or "").split())
        text = (given.get("description") or "").strip()
        if not subject or not text:
            raise ValidationError(
                self.env._("Please say in the subject and the text what is wrong.")
            )
        if len(subject) > MAX_SUBJECT_LENGTH or len(text) > MAX_TEXT_LENGTH:
            raise ValidationError(
                self.env._(
                    "This is too long: the subject may have %(subject)s characters, the text "
                    "%(text)s.",
                    subject=MAX_SUBJECT_LENGTH,
                    text=MAX_TEXT_LENGTH,
                )
            )
        values = {"subject": subject, "description": plaintext2html(text)}
        line = self._get_portal_lines(partner).filtered(
            lambda line: str(line.id) == given.get("order_line")
        )
        if line:
            values["order_line_id"] = line.id
        category = (
            self.env["customer.complaint.category"]
            .search([])
            .filtered(lambda category: str(category.id) == given.get("category"))
        )
        return {**values, "category_id": category.id}

    @api.model
    def _check_portal_files(self, files):
        """Refuse too many, too large, and kinds of files nobody needs for a complaint."""
        if len(files) > MAX_FILES:
            raise ValidationError(
                self.env._("At most %(count)s files can be attached.", count=MAX_FILES)
            )
        for name, content in files:
            if len(content) > MAX_BYTES:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is larger than %(size)s MB.",
                        name=name,
                        size=MAX_BYTES // 1024**2,
                    )
                )
            allowed = FILE_TYPES.get(os.path.splitext(name)[1].lower())
            found = guess_mimetype(content, default="text/plain")
            if not allowed or not self._is_file_type(found, allowed):
                raise ValidationError(
                    self.env._(
                        "“%(name)s” cannot be attached: send one of %(types)s.",
                        name=name,
                        types=", ".join(sorted(kind[1:] for kind in FILE_TYPES)),
                    )
                )

    @api.model
    def _is_file_type(self, found, allowed):
        """Compare what is in a file with what its name says."""
        if found == "application/octet-stream" and allowed == ("text/plain",):
            return True  # text in an alphabet the guesser does not know
        return found in allowed or mimetypes.guess_extension(found) in allowed

    @api.model
    def _check_portal_rate(self, partner):
        """Refuse floods; the table counts, whichever of several servers got the forms.

        Forms sent at once wait for each other, and a transaction of its own counts: this one
        cannot see what came after its beginning.
        """
        name = f"customer_complaint_portal:{partner.commercial_partner_id.id}"
        self.env.execute_query(SQL("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", name))
        hour = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        domain = self._get_portal_domain(partner) & Domain("create_date", ">", hour)
        with self.env.registry.cursor() as cr:
            complaints = self.with_env(self.env(cr=cr))
            made = complaints.search_count(domain & Domain("is_from_customer", "=", True))
        if made >= MAX_PER_HOUR:
            raise ValidationError(
                self.env._(
                    "You have sent many complaints within an hour. Please call us, or try again "
                    "later."
                )
            )

    def _close_from_portal(self):
        """Close a complaint the customer says is solved."""
        self.ensure_one()
        if self.close_date:
            return
        stage = self.env["customer.complaint.stage"]._get_solved()
        resolution = self.resolution or self.env._("The customer said that it is solved.")
        self.write({"stage_id": stage.id, "resolution": resolution})
        if self.close_date:
            text = self.env._("Closed by the customer on the portal.")
        else:  # something is still to be made
            text = self.env._("The customer said on the portal that it is solved.")
        self._message_log(body=text)

    def _get_portal_files(self, files):
        """Return the files the customer may open: their own, and those sent to them.

        What colleagues attached to internal notes, or put there themselves, stays inside.
        """
        self.ensure_one()
        public = self.message_ids.filtered(
            lambda m: not m.is_internal and not m.subtype_id.internal
        )
        sent = public.filtered(lambda m: m.message_type != "notification").attachment_ids
        own = files.filtered(lambda f: f.create_uid._is_portal() or f.create_uid._is_public())
        return (sent | own) & files
