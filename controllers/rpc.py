"""Users that are there for other programs reach over the old protocols what they reach by JSON-2.

Where the request does not tell the database, Odoo knows none of this; there the user still has
no right to any record (``models/guard/ir_model_access.py``).
"""

import xmlrpc.client

from odoo import SUPERUSER_ID, api
from odoo.addons.rpc.controllers import RPC
from odoo.http import request, route


def check_call(service, params):
    """Refuse what a program may not call; who does not know its key learns nothing by it.

    :param params: database, user id, password, model, method, …
    :raise AccessDenied: without the right key
    :raise AccessError: for a program that calls another method than its own
    """
    if service != "object" or not request.db or len(params) < 5 or params[0] != request.db:
        return
    try:
        user_id = int(params[1])
    except (TypeError, ValueError):
        return
    password, model, method = params[2:5]
    with request.registry.cursor(readonly=True) as cr:  # Odoo opens its own for the call, too
        users = api.Environment(cr, SUPERUSER_ID, {})["res.users"]
        user = users.browse(user_id).exists()
        if user and user._is_program() and not user._may_program_call(model, method):
            users._check_uid_passwd(user_id, password)
            raise user._get_program_error()


class CustomerRpc(RPC):
    """XML-RPC and JSON-RPC."""

    def _xmlrpc(self, service):
        params, _method = xmlrpc.client.loads(request.httprequest.get_data(), use_datetime=True)
        check_call(service, params)
        return super()._xmlrpc(service)

    @route()
    def jsonrpc(self, service, method, args):
        """Call a method of a service."""
        check_call(service, args)
        return super().jsonrpc(service, method, args)
