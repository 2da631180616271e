from werkzeug.exceptions import HTTPException

from odoo import models
from odoo.http import Response, request

# The type of the routes of ours that other programs call; each asks for its own right.
MACHINE_ROUTE = "customer_value_machine"
OURS = "odoo.addons.customer_value."


class IrHttp(models.AbstractModel):
    """Lets users that are there for other programs alone in at our own doors only."""

    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        result = super()._pre_dispatch(rule, args)
        routing = rule.endpoint.routing
        cls._check_options(rule.endpoint, routing)
        if routing["auth"] not in ("none", "public") and request.env.user._is_program():
            cls._check_program_route(routing, args)
        return result

    @classmethod
    def _check_options(cls, endpoint, routing):
        """Answer OPTIONS at our doors ourselves: it only asks, and must do nothing.

        Odoo lets every route have it, and takes it for safe: it would do what a POST does, but
        without the key against forged forms.
        """
        is_ours = endpoint.func.__module__.startswith(OURS)
        if is_ours and request.httprequest.method == "OPTIONS":
            allowed = ", ".join(sorted({*(routing["methods"] or ["GET", "POST"]), "OPTIONS"}))
            answer = Response(status=204, headers={"Allow": allowed})
            raise HTTPException(response=answer)

    @classmethod
    def _check_program_route(cls, routing, args):
        called = args.get("__model__"), args.get("__method__")
        user = request.env.user
        if routing["type"] != MACHINE_ROUTE and not user._may_program_call(*called):
            raise user._get_program_error()
