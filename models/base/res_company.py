from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...engine.service import clean_phone_text, read_phone_numbers
from .access import MANAGER
from .caller_reader import CallerReader
from .phone_plan import PhonePlan

GROUPS_TELEPHONE = f"{MANAGER},base.group_system"


class ResCompany(models.Model):
    """How the telephone numbers of a company are read, and which are its own."""

    _inherit = "res.company"

    customer_phone_area_code = fields.Char(
        string="Area code",
        groups=GROUPS_TELEPHONE,
        help="Completes numbers without an area code, such as 021. Empty: the area code of the "
        "company's own phone number.",
    )
    customer_phone_prefixes = fields.Char(
        string="Prefixes of the switchboard",
        default="9, 0",
        groups=GROUPS_TELEPHONE,
        help="What the telephone system puts before the numbers of callers, separated by commas, "
        "such as L0#, 9. Digits are taken off only where the whole is no number.",
    )

    @api.constrains("customer_phone_area_code")
    def _check_customer_phone_area_code(self):
        for company in self.sudo():
            code = company.customer_phone_area_code
            if code and not any(sign.isdecimal() for sign in code):
                raise ValidationError(
                    self.env._(
                        "The area code “%(code)s” of %(company)s has no digits: write it as you "
                        "dial it, such as 021, or leave it empty.",
                        code=code,
                        company=company.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        known = self._get_phone_countries()
        companies = super().create(vals_list)
        self._read_phone_numbers_anew(known)
        return companies

    def write(self, vals):
        known = self._get_phone_countries() if "country_id" in vals else None
        result = super().write(vals)
        if known is not None:
            self._read_phone_numbers_anew(known)
        return result

    @api.model
    def _get_phone_countries(self):
        """Return the countries in whose way contacts without a country may write numbers."""
        return self.sudo().search([]).country_id

    @api.model
    def _read_phone_numbers_anew(self, known):
        """Read numbers of contacts without a country as a country does that has joined."""
        if self._get_phone_countries() - known:
            self.env["customer.phone.number"]._mark_stale()

    def _get_caller_reader(self):
        """Return the :class:`CallerReader` of the company."""
        self.ensure_one()
        company = self.sudo()
        plan = PhonePlan(company.country_id)
        texts = clean_phone_text(company.customer_phone_prefixes).replace("،", ",").split(",")
        # Longer ones first: "90" is more than "9".
        prefixes = sorted(filter(None, map(str.strip, texts)), key=len, reverse=True)
        return CallerReader(plan, company._get_phone_area(plan), prefixes)

    def _get_phone_area(self, plan):
        """Return how numbers of the company's own area begin in E.164, ``""`` if unknown."""
        if self.customer_phone_area_code:
            return plan.area(self.customer_phone_area_code)
        numbers = read_phone_numbers(self.phone or "", plan)
        number = numbers[0].number if numbers else ""
        local = plan.subscriber(number)
        is_national = local and number.startswith(f"+{plan.prefix}")
        return number.removesuffix(local) if is_national else ""

    def _get_family_partner_ids(self):
        """Return the contacts that the company, its head office and its branches are."""
        self.ensure_one()
        self.env["res.company"].flush_model(["partner_id", "parent_path"])
        root = (self.sudo().parent_path or f"{self.id}/").split("/")[0]
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id FROM res_company WHERE id = %s OR parent_path LIKE %s",
                int(root),
                f"{root}/%",
            )
        )
        return [partner_id for (partner_id,) in rows]
