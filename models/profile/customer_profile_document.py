from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.access import ACCOUNTING
from ..base.scope import YEAR, Scope

# A list shows its sums for the rows it has loaded: enough for the largest customers.
MAX_UNGROUPED_DOCUMENTS = 500
DOCUMENT_VIEWS = {
    "account.move": "customer_value.account_move_view_list_revenue",
    "account.move.line": "customer_value.account_move_line_view_list_profit",
    "sale.order": "customer_value.sale_order_view_list_open",
    "sale.order.line": "customer_value.sale_order_line_view_list_promise",
}
# Groups with the right to read all documents of a model; salespeople may see only their own.
READERS_OF_SALES = ("sales_team.group_sale_salesman_all_leads",)
READERS_OF_INVOICES = (*READERS_OF_SALES, *ACCOUNTING.split(","))
READERS_OF_ALL = {
    "account.move": READERS_OF_INVOICES,
    "account.move.line": READERS_OF_INVOICES,
    "sale.order": READERS_OF_SALES,
    "sale.order.line": READERS_OF_SALES,
}
# Context: the company whose numbers a list explains.
MEASURED_COMPANY = "customer_value_company"
OWN_METRICS = ("own_revenue_365",)
METRIC_VIEWS = {
    "overdue_amount": "customer_value.account_move_line_view_list_overdue",
    "bad_debt_amount_total": "customer_value.account_move_line_view_list_written_off",
    "bad_debt_amount_365": "customer_value.account_move_line_view_list_written_off",
    "cash_discount_amount_total": "customer_value.account_move_line_view_list_discount",
    "cash_discount_amount_365": "customer_value.account_move_line_view_list_discount",
    "payment_days_late": "customer_value.account_move_view_list_paid",
    "paid_invoice_count_365": "customer_value.account_move_view_list_paid",
    "paid_ratio_365": "customer_value.account_move_view_list_billed",
    "net_profit_total": "customer_value.customer_profit_part_view_list",
    "net_profit_365": "customer_value.customer_profit_part_view_list",
    "cost_to_serve_total": "customer_value.customer_profit_part_view_list_cost",
    "cost_to_serve_365": "customer_value.customer_profit_part_view_list_cost",
    "order_line_count_total": "customer_value.sale_order_line_view_list_ordered",
    "order_line_count_365": "customer_value.sale_order_line_view_list_ordered",
}
# One group per purchase day: the number of groups is the number.
DAY_METRICS = ("occasion_count", "occasion_count_365")
# Sums of larger lists are those of groups, which the server adds up.
GROUPS_OF_LARGE_LISTS = {
    "account.move": ["invoice_date:year", "invoice_date:month"],
    "account.move.line": ["invoice_date:year", "invoice_date:month"],
    "sale.order": ["date_order:year", "date_order:month"],
}
# Odoo's own search views would put their side panels beside our lists.
SEARCH_VIEWS = {"account.move.line": "customer_value.account_move_line_view_search_profit"}
# metric -> metric that is measured on the same documents
SAME_DOCUMENTS = {
    "open_quotation_count": "open_quotation_amount",
    "open_order_count": "open_order_amount",
    "otif_ratio": "otif_line_count",
    "otif_on_time_count": "otif_line_count",
    "delivery_days_late": "otif_line_count",
    "first_occasion_date": "occasion_count",
    "last_occasion_date": "occasion_count",
    "gap_mean_days": "occasion_count",
    "gap_p80_days": "occasion_count",
    "cost_estimated_ratio": "gross_profit_total",
}


class CustomerProfile(models.Model):
    """Which documents exactly a number was measured on: the SQL of the facts, document by document.

    Lists behind numbers that no domain can describe search with it, so that they can never
    disagree with the number.
    """

    _inherit = "customer.profile"

    @api.model
    def _get_purchase_documents_sql(self, scope: Scope) -> SQL:
        """The documents that make the purchase days: ``id``, ``partner_id``."""
        return SQL(
            """WITH %s
            SELECT m.id, m.partner_id
              FROM sale_move m
             WHERE m.is_purchase""",
            self._get_sale_move_sql(scope),
        )

    @api.model
    def _get_paid_documents_sql(self, scope: Scope) -> SQL:
        """The invoices for which money came in the last 365 days, with what makes days late.

        ``id``, ``partner_id``, ``is_settled``, ``money_365``, ``late_365`` (amount x days).
        """
        return SQL(
            """WITH %s
            SELECT id, partner_id, is_settled, money_365, late_365
              FROM billed
             WHERE money_365 > 0""",
            self._get_paid_sql(scope),
        )

    @api.model
    def _get_settled_documents_sql(self, scope: Scope) -> SQL:
        """Those of them with nothing left to pay: ``id``, ``partner_id``."""
        return SQL(
            "SELECT id, partner_id FROM (%s) AS paid WHERE is_settled",
            self._get_paid_documents_sql(scope),
        )

    @api.model
    def _get_billed_documents_sql(self, scope: Scope) -> SQL:
        """The invoices in the paid share: ``id``, ``partner_id``, ``money``, ``owed``."""
        return SQL(
            """WITH %s
            SELECT id, partner_id, COALESCE(money, 0) AS money, owed
              FROM billed
             WHERE is_billed_in_year AND owed <> 0""",
            self._get_paid_sql(scope),
        )

    @api.model
    def _get_overdue_lines_sql(self, scope: Scope) -> SQL:
        """The journal items in the overdue amount: ``id``, ``partner_id``."""
        return SQL(
            """WITH %s, %s
            SELECT r.id, r.partner_id
              FROM receivable r
              JOIN overdue o ON o.partner_id = r.partner_id
             WHERE r.amount_residual < 0 OR r.due < %s""",
            self._get_contact_sql(scope),
            self._get_overdue_sql(scope),
            scope.today,
        )

    @api.model
    def _get_promised_lines_sql(self, scope: Scope) -> SQL:
        """The order lines of OTIF: ``id``, ``partner_id``, ``is_on_time``, ``days_late``."""
        return SQL(
            "WITH %s SELECT line_id AS id, partner_id, is_on_time, days_late FROM judged",
            self._get_judged_sql(scope),
        )

    @api.model
    def _search_documents(self, make_sql, operator, value):
        """Search documents by the customer whose number they were counted in.

        :param make_sql: method from scope to SQL with ``id``, of the current companies
        """
        if operator != "in":
            return NotImplemented
        partner_ids = [partner for partner in value if partner]
        if not partner_ids:
            return Domain.FALSE
        self.env.flush_all()
        parts = [
            SQL("SELECT id FROM (%s) AS counted", make_sql(self._get_scope(company, partner_ids)))
            for company in self._get_measured_company() or self.env.companies
        ]
        return Domain("id", "in", SQL("(%s)", SQL(" UNION ALL ").join(parts)))

    @api.model
    def _get_measured_company(self):
        """Return the company of the number whose documents are listed; empty outside of lists.

        A branch has numbers of its own beside those of the companies above.
        """
        company = self.env.context.get(MEASURED_COMPANY)
        return self.env["res.company"].browse(company if isinstance(company, int) else ())

    @api.model
    def _read_documents(self, make_sql, documents, partners):
        """Return id -> row of the documents that were counted: one query per company."""
        self.env.flush_all()
        wanted = set(documents.ids)
        rows = {}
        for company in self._get_measured_company() or documents.company_id:
            query = make_sql(self._get_scope(company, partners.ids))
            rows |= {row["id"]: row for row in self.env.execute_query_dict(query)}
        return {key: row for key, row in rows.items() if key in wanted}

    @api.model
    def _get_metric_documents(self):
        documents = super()._get_metric_documents() | {
            "invoice_count": ("account.move", self._get_invoice_domain),
            "credit_note_count": ("account.move", self._get_credit_note_domain),
            "occasion_count": ("account.move", self._get_purchase_domain),
            "occasion_count_365": ("account.move", self._get_year_purchase_domain),
            "payment_days_late": ("account.move", self._get_paid_invoice_domain),
            "paid_invoice_count_365": ("account.move", self._get_settled_invoice_domain),
            "paid_ratio_365": ("account.move", self._get_billed_invoice_domain),
        }
        return documents | {metric: documents[source] for metric, source in SAME_DOCUMENTS.items()}

    def _get_invoice_domain(self):
        """Domain of the documents counted in ``invoice_count``."""
        return self._get_sale_move_domain() & Domain("move_type", "!=", "out_refund")

    def _get_credit_note_domain(self):
        """Domain of the documents counted in ``credit_note_count``."""
        return self._get_sale_move_domain() & Domain("move_type", "=", "out_refund")

    def _get_counted_domain(self, set_field):
        """Domain of the documents a fact of this customer was measured on, exactly."""
        self.ensure_one()
        return Domain(
            [("company_id", "child_of", self.company_id.id), (set_field, "=", self.partner_id.id)]
        )

    def _get_purchase_domain(self):
        """Domain of the documents that make the days in ``occasion_count``."""
        return self._get_counted_domain("customer_purchase_of_id")

    def _get_year_purchase_domain(self):
        """Domain of the documents that make the days in ``occasion_count_365``."""
        year = fields.Date.subtract(self._get_today(self.company_id), days=YEAR)
        return self._get_purchase_domain() & Domain("invoice_date", ">", year)

    def _get_paid_invoice_domain(self):
        """Domain of the invoices for which money came during the last 365 days."""
        return self._get_counted_domain("customer_paid_by_id")

    def _get_settled_invoice_domain(self):
        """Domain of those of them that are paid in full."""
        return self._get_counted_domain("customer_settled_by_id")

    def _get_billed_invoice_domain(self):
        """Domain of the invoices ``paid_ratio_365`` is measured on."""
        return self._get_counted_domain("customer_billed_to_id")

    @api.model
    def _get_metric_view(self, metric, model_name):
        """Return the XML id of the list for a metric's documents; ``None`` for the default."""
        return METRIC_VIEWS.get(metric) or DOCUMENT_VIEWS.get(model_name)

    @api.model
    def _get_metric_grouping(self, metric, model_name, domain):
        """Return by what the list of a metric is grouped, so that its sums are complete."""
        if SAME_DOCUMENTS.get(metric, metric) in DAY_METRICS:
            return ["invoice_date:day"]
        groups = GROUPS_OF_LARGE_LISTS.get(model_name)
        is_large = groups and (
            self.env[model_name].search_count(domain, limit=MAX_UNGROUPED_DOCUMENTS + 1)
            > MAX_UNGROUPED_DOCUMENTS
        )
        return groups if is_large else []

    def _get_openable_metrics(self):
        """Return the metrics whose documents the current user may look at.

        Sales documents need the right to read all of them, those of the branches included: a
        list of one's own would not add up to the number, except to the user's own one.
        """
        user = self.env.user
        counted = self.company_id._get_counted_companies().filtered("active")
        complete = {
            model_name: self.env[model_name].has_access("read")
            and counted <= self.env.companies
            and any(
                user.has_group(group)
                for group in READERS_OF_ALL.get(model_name, ["base.group_user"])
            )
            for model_name in {name for name, _make_domain in self._get_metric_documents().values()}
        }
        return {
            metric
            for metric, (model_name, _make_domain) in self._get_metric_documents().items()
            if (complete[model_name] or metric in OWN_METRICS)
            and self._has_field_access(self._fields[metric], "read")
        }

    @api.readonly
    def action_open_documents(self):
        """Open the documents a number of the profile is made of. Public: button and RPC.

        The key ``metric`` of the context names it; sums of the list's columns equal it.

        :return: a window action on the documents, limited by the rights of the user
        :raise UserError: when the metric is unknown or has no documents of its own
        :raise AccessError: when the user may not see the metric or the profile
        """
        self.ensure_one()
        self.check_access("read")
        metric = self.env.context.get("metric")
        documents = self._get_metric_documents()
        if metric not in documents:
            raise UserError(
                self.env._(
                    "There are no documents to show for “%(metric)s”: it is not a number of "
                    "the customer profile that can be opened.",
                    metric=metric or "",
                )
            )
        self._check_field_access(field := self._fields[metric], "read")
        model_name, domain = documents[metric][0], documents[metric][1]()
        view = (name := self._get_metric_view(metric, model_name)) and self.env.ref(name).id
        search_view = SEARCH_VIEWS.get(model_name)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "%(metric)s: %(customer)s",
                metric=field._description_string(self.env),
                customer=self.display_name,
            ),
            "res_model": model_name,
            "domain": list(domain),
            "views": [(view, "list"), (view, "kanban"), (False, "form")],
            "mobile_view_mode": "kanban",
            "search_view_id": [search_view and self.env.ref(search_view).id, "search"],
            "limit": MAX_UNGROUPED_DOCUMENTS,
            "context": {
                "create": False,
                "active_test": False,
                MEASURED_COMPANY: self.company_id.id,
                "group_by": self._get_metric_grouping(metric, model_name, domain),
            },
        }

    def _get_form_action(self):
        """Return the action that opens one profile."""
        self.ensure_one()
        return self._get_records_action(name=self.env._("Customer value"), context={})

    def action_open_partner(self):
        """Open the contact of the profile. Public: button."""
        self.ensure_one()
        return self.partner_id._get_records_action(context={})
