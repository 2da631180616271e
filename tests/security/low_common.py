import json

from odoo.service.model import call_kw

from ..complaint.common import ComplaintCommon


class LowCommon(ComplaintCommon):
    """Calls as they come over RPC: JSON in, JSON out, an empty cache, the user's rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = cls._create_user("adel", "account.group_account_readonly")

    def _rpc(self, user, model, method, *args, context=None):
        self.env.flush_all()
        self.env.invalidate_all()
        env = self.env(user=user.id, su=False, context={})
        given = json.loads(json.dumps(list(args), default=str))
        answer = call_kw(env[model], method, given, {"context": context or {}})
        self.env.flush_all()
        self.env.invalidate_all()
        return json.loads(json.dumps(answer, default=str))

    def _log(self, user, **values):
        id_ = self._rpc(
            user,
            "customer.interaction",
            "create",
            {"partner_id": self.contact.id, "subject": "Called", **values},
        )
        return self.env["customer.interaction"].browse(id_)
