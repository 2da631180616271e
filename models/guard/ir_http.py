from odoo import models
from odoo.http import request

# The type of the routes of ours that other programs call; each asks for its own right.
MACHINE_ROUTE = "customer_value_machine"


class IrHttp(models.AbstractModel):
    """Lets users that are there for other programs alone in at our own doors only."""

    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        result = super()._pre_dispatch(rule, args)
        routing = rule.endpoint.routing
        if routing["auth"] not in ("none", "public") and request.env.user._is_program():
            cls._check_program_route(routing, args)
        return result

    @classmethod
    def _check_program_route(cls, routing, args):
        called = args.get("__model__"), args.get("__method__")
        user = request.env.user
        if routing["type"] != MACHINE_ROUTE and not user._may_program_call(*called):
            raise user._get_program_error()
