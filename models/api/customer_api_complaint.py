from odoo import api, fields, models
from odoo.tools import SQL, email_normalize, plaintext2html

from ..base.input_reader import clean_address
from .api_error import InvalidInput, KeyReused, NotFound
from .api_method import external
from .complaint_payload import ComplaintPayload


class CustomerApi(models.AbstractModel):
    """Complaints told to other programs: call centres, mobile apps, web shops."""

    _inherit = "customer.api"

    @api.model
    @external
    def create_complaint(self, company_id, complaint):
        """Record a complaint; repeating the call is harmless. Public: RPC.

        The ``request_key`` is of the caller's choice. The same content again, at the same time,
        too, answers with the same complaint; other content under the key is refused.

        :param int company_id: the company the customer complains to
        :param dict complaint: dictionary with

            - ``request_key``: text of 1 to 128 characters, required
            - ``subject``: one line of at most 255 characters, required
            - ``partner_id``, ``reference``, ``email`` or ``phone``: at least one; who is
              unknown has to give one address as ``email``
            - ``description``: text of at most 20 000 characters
            - ``severity``: minor, normal, major or critical; default normal
            - ``date``: ISO 8601, UTC unless a zone is given; default now; not in the future
            - ``order``: number of a sales order of the customer; ``product_code``: internal
              reference of a product
            - ``team_id``, ``category_id``: ids; default: the company's first team, none
        :return: ``request_key``, ``id``, ``number``, ``created`` (``False``: was there before),
            ``partner_id`` and ``customer_id`` (0: unknown)
        :raise KeyReused: the key has been used for other content
        :raise NotFound: no such contact, team, category, order or product here
        :raise InvalidInput: a value that cannot be one
        :raise NotAllowed: no API access, or not in this company
        """
        self = self._in_company(company_id)  # noqa: PLW0642
        if not isinstance(complaint, dict):
            raise InvalidInput(self.env._("“complaint” must be a set of named values."))
        place = self.env._("Complaint")
        request = ComplaintPayload.from_values(self.env, complaint, place)
        found = self._find_complaint(request)
        if found:
            return self._get_complaint_answer(request, found, created=False)
        self._resolve_requests([request])
        record = self.env["customer.complaint"].sudo().create(self._get_complaint_values(request))
        record.flush_recordset()
        row = {name: record[name] for name in ("id", "name", "request_hash")}
        row |= {"partner_id": record.partner_id.id, "customer_id": record.customer_id.id}
        return self._get_complaint_answer(request, row, created=True)

    @api.model
    def _find_complaint(self, request):
        """Return the complaint recorded under a key, be it this moment by another process.

        The second of two waits here for the first, and looks at what that has committed: on a
        connection of its own, as this transaction cannot see what came after its beginning.
        """
        key = f"complaint:{self.env.company.id}:{request.key}"
        self.env.execute_query(SQL("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", key))
        query = SQL(
            """SELECT id, name, request_hash, partner_id, customer_id
                 FROM customer_complaint
                WHERE company_id = %s AND request_key = %s""",
            self.env.company.id,
            request.key,
        )
        rows = self.env.execute_query_dict(query)
        if not rows:
            with self.env.registry.cursor() as cr:
                rows = self.env(cr=cr).execute_query_dict(query)
        return rows[0] if rows else None

    @api.model
    def _get_complaint_answer(self, request, row, created):
        if row["request_hash"] != request.digest:
            raise KeyReused(
                self.env._(
                    "The request key “%(key)s” has been used for other content. Nothing was "
                    "recorded: give what is new a key of its own. [key_reused]",
                    key=request.key,
                )
            )
        return {
            "request_key": request.key,
            "id": row["id"],
            "number": row["name"] or "",
            "created": created,
            "partner_id": row["partner_id"] or 0,
            "customer_id": row["customer_id"] or 0,
        }

    @api.model
    def _get_complaint_values(self, request):
        """Return the fields of the complaint a request stands for."""
        given = request.given
        is_unknown = not request.resolved["partner_id"]
        if is_unknown and not given["email"]:
            raise NotFound(
                self.env._(
                    "Nobody here has this phone number: give an “email” where the answer can go."
                )
            )
        if is_unknown and not email_normalize(clean_address(given["email"])):
            raise InvalidInput(
                self.env._(
                    "%(place)s: “email” must be one address where the answer can go.",
                    place=request.place,
                )
            )
        values = {
            "company_id": self.env.company.id,
            "subject": given["subject"],
            "description": given["description"] and plaintext2html(given["description"]),
            "severity": given["severity"],
            "open_date": given["date"] or fields.Datetime.now(),
            "partner_id": request.resolved["partner_id"],
            "email_from": given["email"] or False,
            "request_key": request.key,
            "request_hash": request.digest,
            "is_from_customer": True,
        }
        for name, model in (("team_id", "team"), ("category_id", "category")):
            if given[name]:
                values[name] = self._find_complaint_part(request, name, model).id
        return values | self._get_complaint_origin(request)

    @api.model
    def _find_complaint_part(self, request, name, model):
        records = self.env[f"customer.complaint.{model}"].sudo()
        domain = [("id", "=", request.given[name])]
        if model == "team":
            domain.append(("company_id", "=", self.env.company.id))
        return records.search(domain) or self._refuse_unknown(request, name, request.given[name])

    @api.model
    def _get_complaint_origin(self, request):
        """Return the fields of order line and product that a request names."""
        values, given = {}, request.given
        product = self.env["product.product"].sudo()
        if given["product_code"]:
            companies = [False, *self._get_company_chain(self.env.company.id)]
            product = product.search(
                [("default_code", "=", given["product_code"]), ("company_id", "in", companies)],
                limit=1,
            )
            if not product:
                self._refuse_unknown(request, "product_code", given["product_code"])
            values["product_id"] = product.id
        if given["order"]:
            domain = [("name", "=", given["order"]), ("company_id", "=", self.env.company.id)]
            order = self.env["sale.order"].sudo().search(domain, limit=1)
            customer = order.partner_id.commercial_partner_id
            if not order or customer.id != request.resolved["customer_id"]:
                self._refuse_unknown(request, "order", given["order"])
            lines = order.order_line.filtered(
                lambda line: not line.display_type and (not product or line.product_id == product)
            )
            values["order_line_id"] = lines[:1].id
        return values
