"""A company with customers of years, no open document, and a prediction."""

from odoo import Command

from ..prediction.common import TODAY, PredictionCommon


class ForecastCommon(PredictionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sale.order"].search([]).unlink()
        cls.env["crm.lead"].search([]).unlink()
        cls.shoppers = cls._add_customers(250)
        cls.sales = cls._add_history(cls.shoppers)
        cls._run_nightly()
        cls.model = cls._make_model()
        cls._run_nightly()
        cls.today = cls._day(TODAY)
        cls.forecasts = cls.env["customer.sales.forecast"]
        cls.lines = cls.env["customer.pipeline.line"]

    @classmethod
    def _add_quotation(cls, partner, amount, created=TODAY, company=None, **values):
        company = company or cls.company
        order = (
            cls.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": cls.product.id,
                                "product_uom_qty": 1,
                                "price_unit": amount,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                    **values,
                }
            )
        )
        cls._set_created(order, created)
        return order

    @classmethod
    def _set_created(cls, record, day):
        record.flush_recordset()
        cls.env.cr.execute(
            f"UPDATE {record._table} SET create_date = %s WHERE id = %s",  # pylint: disable=sql-injection
            (f"{day} 08:00:00", record.id),
        )
        record.invalidate_recordset(["create_date"])

    @classmethod
    def _add_lead(cls, amount, probability, **values):
        return cls.env["crm.lead"].create(
            {
                "name": "Lead",
                "type": "opportunity",
                "expected_revenue": amount,
                "probability": probability,
                "company_id": cls.company.id,
                **values,
            }
        )

    def _make(self, company=None, today=None):
        rows = self.forecasts._make(company or self.company, today)
        self.env.invalidate_all()
        return rows.sorted("month")
