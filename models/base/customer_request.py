from odoo import api, fields, models
from odoo.tools import SQL

# How the keys of portal, telephone and mail begin.
OWN_KEYS = ("portal:", "call:", "mail:", "left:")


class CustomerRequestMixin(models.AbstractModel):
    """A record other programs make: the same request, however often it is sent, makes one.

    Each table has a constraint of its own on company and key.
    """

    _name = "customer.request.mixin"
    _description = "Record of a Request"

    request_key = fields.Char(
        readonly=True,
        copy=False,
        help="Identifies the request of another program: sent again, it finds this record.",
    )
    request_hash = fields.Char(readonly=True, copy=False)

    def _is_written_by_us(self, name):
        """Importers give what they make a key of their own; afterwards it stays."""
        return super()._is_written_by_us(name) and (bool(self) or name != "request_key")

    def _check_guarded(self, vals):
        """Refuse keys of our own intake: what comes in later would be taken for recorded."""
        key = str(vals.get("request_key") or "")
        if not self.env.su and key.startswith(OWN_KEYS):
            self._refuse_guarded()
        return super()._check_guarded(vals)

    @api.model
    def _is_recorded(self, key):
        """Tell whether a mail has been recorded, be it this moment by another process.

        Two processes may fetch one mail at the same time. A violated constraint would come too
        late: Odoo sends the sender a bounce whenever a record cannot be made. So the second one
        waits here for the first, and looks at what that has committed: a transaction of its own
        does, this one cannot see what came after its beginning.
        """
        # Whoever asks: a record they may not see is recorded all the same. Only yes or no goes out.
        domain = [("request_key", "=", key)]
        if self.sudo().search_count(domain, limit=1):
            return True
        self.env.execute_query(SQL("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", key))
        with self.env.registry.cursor() as cr:
            return bool(self.with_env(self.env(cr=cr)).sudo().search_count(domain, limit=1))
