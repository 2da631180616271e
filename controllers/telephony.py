from werkzeug.exceptions import Forbidden, NotFound

from odoo.http import Controller, request, route

from ..models.guard.res_users import GROUP_TELEPHONY
from ..models.telephony.call_payload import read_event
from .dispatchers import MachineDispatcher

# An event has some hundred bytes; more is a mistake or an attack.
MAX_BODY_BYTES = 64 * 1024


class Telephony(Controller):
    """Intake for telephone systems (docs/telephony.md)."""

    @route(
        "/customer_value/telephony/event",
        type=MachineDispatcher.routing_type,
        auth="bearer",
        methods=["POST"],
        max_content_length=MAX_BODY_BYTES,
    )
    def event(self):
        """Register one event of a call; see docs/telephony.md for fields and answers."""
        request.update_context(lang=request.env.user.lang)
        env = request.env
        if not env.user.has_group(GROUP_TELEPHONY):
            raise Forbidden(
                env._(
                    "This user may not report calls: an administrator has to add the user to "
                    "the group Telephone system."
                )
            )
        event, company_id = read_event(env, request.dispatcher.read_object())
        company = self._get_company(env, company_id)
        call, is_new = env["customer.call"]._register_event(company, event)
        return {
            "call_id": call.call_id,
            "state": call.state,
            "repeated": not is_new,
            "interaction_id": call.interaction_id.id or None,
            "agent_found": bool(call.user_id),
            "caller_known": bool(call.partner_id or call.lead_id),
        }

    @route(
        [
            "/customer_value/telephony",
            "/customer_value/telephony/<path:subpath>",
        ],
        type=MachineDispatcher.routing_type,
        auth="public",
        readonly=True,
        save_session=False,
    )
    def not_found(self, subpath=None):
        """Answer everything else under the path in JSON, too."""
        raise NotFound(request.env._("Send POST /customer_value/telephony/event."))

    def _get_company(self, env, company_id):
        """Return the company of the event, one of the user's: the rest runs as superuser."""
        if not company_id:
            return env.user.company_id
        company = env.user.company_ids.filtered(lambda company: company.id == company_id)
        if not company:
            raise Forbidden(
                env._(
                    "This user may not report calls of company %(company_id)s: leave company_id "
                    "out, or let an administrator allow the company.",
                    company_id=company_id,
                )
            )
        return company
