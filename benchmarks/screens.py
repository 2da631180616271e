"""What a screen reads from the server, with the addon's fields and without them, turn by turn."""

import statistics
import time

from lxml.etree import fromstring

TURNS = 25
OURS = {"customer_value"}
PAGE = 80
X2MANY = ("one2many", "many2many")


class Screens:
    """Builds what the web client asks for, as the view of the user describes it."""

    def __init__(self, env):
        self.env = env(user=env.ref("base.user_admin").id, context={"lang": "en_US"})

    def get_specification(self, model, view_type, with_ours=True):
        """Return the fields a view reads, with those of the lists in it."""
        arch = self.env[model].get_view(view_type=view_type)["arch"]
        root = fromstring(arch)  # noqa: S320 - our own server wrote it
        return self._read_fields(model, root, with_ours)

    def _read_fields(self, model, node, with_ours):
        specification = {}
        for child in node:
            if child.tag == "field":
                name = child.get("name")
                field = self.env[model]._fields.get(name)
                if field and (with_ours or set(field._modules) != OURS):
                    specification[name] = self._read_field(field, child, with_ours)
            else:
                specification |= self._read_fields(model, child, with_ours)
        return specification

    def _read_field(self, field, node, with_ours):
        if field.type == "many2one":
            return {"fields": {"display_name": {}}}
        if field.type in X2MANY:
            lists = node.xpath("./list") or node.xpath("./kanban")
            if lists:
                return {
                    "fields": self._read_fields(field.comodel_name, lists[0], with_ours),
                    "limit": 40,
                }
            if "tags" in (node.get("widget") or ""):
                return {"fields": {"display_name": {}}}
        return {}

    def open_form(self, record, with_ours):
        """Return a call that reads a form."""
        record = record.with_env(self.env)
        specification = self.get_specification(record._name, "form", with_ours)
        return lambda: record.web_read(specification)

    def open_list(self, model, domain, with_ours=True, order=None):
        """Return a call that reads the first page of a list."""
        records = self.env[model]
        specification = self.get_specification(model, "list", with_ours)
        return lambda: records.web_search_read(
            domain, specification, limit=PAGE, order=order, count_limit=10001
        )

    def open_timeline(self, customer):
        """Return a call that reads the first page of a timeline."""
        timeline = self.env["customer.timeline"]
        return lambda: timeline.get_timeline(customer.id, limit=PAGE)

    def compare(self, ours, plain, turns=TURNS):
        """Return the median ratio of two calls made one after the other, and their seconds."""
        pairs = []
        for turn in range(turns + 2):
            pair = {}
            for name, call in sorted({"ours": ours, "plain": plain}.items(), reverse=turn % 2):
                self.env.invalidate_all()
                start = time.perf_counter()
                call()
                pair[name] = time.perf_counter() - start
            pairs.append(pair)
        pairs = pairs[2:]
        return (
            statistics.median(pair["ours"] / pair["plain"] for pair in pairs),
            statistics.median(pair["ours"] for pair in pairs),
            statistics.median(pair["plain"] for pair in pairs),
        )


def measure_screens(env):
    """Yield (what, ratio, seconds, seconds without) of the screens users live in."""
    screens = Screens(env)
    customers = [("is_company", "=", True)]
    profile = env["customer.profile"].search(
        [("invoice_count", ">", 5), ("delivery_count_total", ">", 0)], limit=1
    )
    customer = profile.partner_id
    invoice = env["account.move"].search(
        [("partner_id", "=", customer.id), ("move_type", "=", "out_invoice")], limit=1
    )
    busiest = env["customer.profile"].search([], order="invoice_count desc", limit=1).partner_id
    for what, ours, plain in (
        ("contact form", *(screens.open_form(customer, way) for way in (True, False))),
        (
            f"contact list of {PAGE}",
            *(screens.open_list("res.partner", customers, way) for way in (True, False)),
        ),
        (
            f"profile list of {PAGE}, beside contacts",
            screens.open_list("customer.profile", []),
            screens.open_list("res.partner", customers, False),
        ),
        ("invoice form", *(screens.open_form(invoice, way) for way in (True, False))),
        (
            f"timeline, page of {PAGE}, beside the customer's invoices",
            screens.open_timeline(busiest),
            screens.open_list(
                "account.move", [("partner_id", "child_of", busiest.id)], with_ours=False
            ),
        ),
    ):
        yield what, *screens.compare(ours, plain)
    env.cr.rollback()
