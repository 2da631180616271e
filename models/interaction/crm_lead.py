from odoo import api, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import SQL

MEDIUM_OF_KIND = {"call": "utm.utm_medium_phone", "email": "utm.utm_medium_email"}


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model
    def _get_medium_of_interaction(self, kind):
        """Return the medium of leads that began with such an interaction; may be empty."""
        medium = self.env.ref(MEDIUM_OF_KIND.get(kind, ""), raise_if_not_found=False)
        return medium or self.env["utm.medium"]

    def _get_customer_form_action(self):
        """Return the action that opens one lead.

        :raise UserError: when it is somebody else's, and the user may not read it
        """
        self.ensure_one()
        if not self.has_access("read"):
            person = self.sudo().user_id.name or self.sudo().team_id.name
            raise UserError(
                self.env._(
                    "There is a lead of this sender already, and it is not yours: ask %(person)s.",
                    person=person or self.env._("your sales manager"),
                )
            )
        return self._get_records_action(name=self.env._("Lead"), context={})

    def _get_interaction_document(self, company):
        """Return the values of an interaction of the lead in a company, none for no lead."""
        if not self:
            return {}
        # Head office's lead is known to a branch, and yet no document of it.
        if self.company_id not in (company, company.browse()):
            return {"lead_id": self.id}
        return {"lead_id": self.id, "res_model": self._name, "res_id": self.id}

    @api.model
    def _find_or_create_for_sender(self, kind, address, company, values):
        """Return the lead of somebody who called or wrote, made only if there is none.

        Two people may ask at the same time, for two calls of one number: the second waits here
        for the first, and looks on a connection of its own at what that has committed.

        :param str kind: ``phone`` or ``email``
        :param values: of the new lead
        """
        lead = self._match_leads(kind, [address], company).get(address)
        if lead or not address:
            return lead or self.create(values)
        key = f"customer_value_lead:{company.id}:{address}"
        self.env.execute_query(SQL("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", key))
        with self.env.registry.cursor() as cr:
            env = self.env(cr=cr)
            company = company.with_env(env)
            if self.with_env(env)._match_leads(kind, [address], company):
                raise ConcurrencyError(key)  # served again, it is found
        return self.create(values)
