from odoo import fields, models

from ..base.access import GROUPS_STANDING
from .customer_call import ENDED

NOTIFICATION = "customer_value.call"
SHOWN_INTERACTIONS = 3


class CustomerCall(models.Model):
    """Tells the agent who is calling while the phone rings, and takes the card away after.

    The caller complains: write it down while they talk.

    The agent sees before picking up whether the caller is dissatisfied.
    """

    _inherit = "customer.call"

    def _notify_agents(self, event, before, agents):
        """Send the pop-up to those it concerns now; the bus delivers it with the commit.

        :param event: the event that has just been merged
        :param before: ``state`` and ``user`` of the call before it, empty for a new call
        :param agents: name -> user, of every agent the events name
        """
        self.ensure_one()
        nobody = self.env["res.users"]
        rang = nobody.union(*(agents[name] for name in self.evidence["ringing"] if name in agents))
        if self.state in ENDED:
            if before.get("state") not in ENDED:
                self._hide_popup(rang | self.user_id | before.get("user", nobody))
        elif self.state == "answered":
            self._hide_popup((rang | before.get("user", nobody)) - self.user_id)
            self._show_popup(self.user_id)
        elif event["kind"] == "ringing":
            self._show_popup(agents.get(event.get("agent"), nobody))

    def _show_popup(self, users):
        for user in users:
            user._bus_send(NOTIFICATION, {"event": "show", "call": self._get_popup(user)})

    def _hide_popup(self, users):
        for user in users:
            user._bus_send(NOTIFICATION, {"event": "hide", "call": {"id": self.id}})

    def _get_popup(self, user):
        """Return what the pop-up shows: nothing the user could not read elsewhere."""
        self.ensure_one()
        env = self.with_user(user).with_company(self.company_id).env
        env = env(context={"lang": user.lang, "allowed_company_ids": self.company_id.ids})
        partner = self.partner_id.with_env(env)
        interactions = env["customer.interaction"]
        popup = {
            "id": self.id,
            "state": self.state,
            "direction": self.direction,
            "number": self._get_shown_number(),
            "others": [],
            "can_log": interactions.has_access("create"),
            "can_create_lead": not partner and env["crm.lead"].has_access("create"),
            "can_create_complaint": False,
        }
        lead = self.lead_id.with_env(env)
        if lead and lead.has_access("read"):
            popup["lead"] = {"id": lead.id, "name": lead.contact_name or lead.display_name}
        if partner and partner.has_access("read"):
            others = (self.candidate_ids - self.partner_id).with_env(env)._filtered_access("read")
            popup["partner"] = {"id": partner.id, "name": partner._get_plain_name()}
            popup["others"] = [other._get_plain_name() for other in others]
            popup.update(self._get_popup_standing(partner))
            popup["can_create_complaint"] = env["customer.complaint"].has_access("create")
            if interactions.has_access("read"):
                popup["interactions"] = self._get_popup_interactions(partner)
        return popup

    def _get_shown_number(self):
        """Return the number as people read it, or as it came in if it is none."""
        number = self.company_id._get_caller_reader().show(self.number)
        shown = number and self.partner_id._phone_format(
            number=number, country=self.company_id.country_id, force_format="INTERNATIONAL"
        )
        return shown or self.number or False

    def _get_popup_standing(self, partner):
        """Return tier, stage, satisfaction and, for who may read complaints, how many are open."""
        if not partner.env.user.has_groups(GROUPS_STANDING):
            return {}
        tier = partner.customer_tier_id
        standing = {
            "tier": bool(tier) and {"name": tier.name, "color": tier.color, "icon": tier.icon},
            "stage": partner.customer_stage and partner._get_customer_label("customer_stage"),
        }
        complaints = partner.env["customer.complaint"]
        if complaints.has_access("read"):
            standing["open_complaints"] = complaints._count_open(partner.commercial_partner_id)
        if partner.customer_profile_id:
            standing |= {
                "satisfaction": partner._get_customer_satisfaction_label(),
                "is_dissatisfied": partner.customer_satisfaction_state == "dissatisfied",
            }
        return standing

    def _get_popup_interactions(self, partner):
        """Return the last interactions of the customer, newest first, without this call."""
        interactions = partner.env["customer.interaction"].search_fetch(
            [
                ("customer_id", "=", partner.commercial_partner_id.id),
                ("id", "!=", self.interaction_id.id),
            ],
            ["date", "kind", "direction", "subject"],
            limit=SHOWN_INTERACTIONS,
        )
        kinds = dict(interactions._fields["kind"]._description_selection(partner.env))
        return [
            {
                "id": interaction.id,
                "date": fields.Datetime.to_string(interaction.date),
                "kind": kinds[interaction.kind],
                "direction": interaction.direction,
                "subject": interaction.subject,
            }
            for interaction in interactions
        ]

    def action_create_complaint(self):
        """Open a new complaint of the caller. Public: pop-up, button.

        :return: the action that opens the form, with the contact filled in
        :raise AccessError: for users who may not see the call or write down complaints
        """
        self.ensure_one()
        self.check_access("read")
        self.env["customer.complaint"].check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Complaint"),
            "res_model": "customer.complaint",
            "views": [(False, "form")],
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
            },
        }
