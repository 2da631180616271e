from odoo import api, models


class CustomerRecommendation(models.Model):
    """What the reader sees now: the reason in words, and whether the product is there."""

    _inherit = "customer.recommendation"

    @api.depends_context("lang")
    @api.depends(
        "kind", "because_product_id", "support_count", "base_count", "gap_days",
        "last_purchase_date",
    )  # fmt: skip
    def _compute_reason(self):
        today = {
            company: self.env["customer.profile"]._get_today(company)
            for company in self.sudo().company_id
        }
        for recommendation in self:
            # Names of products a person may not open are no secret in a reason.
            secret = recommendation.sudo()
            recommendation.reason = secret._get_reason(today[secret.company_id])

    def _get_reason(self, today):
        self.ensure_one()
        if self.kind == "reorder":
            return self.env._(
                "Every %(gap)s days, last %(pause)s days ago",
                gap=round(self.gap_days or 0),
                pause=(today - (self.last_purchase_date or today)).days,
            )
        figures = {"count": self.support_count, "base": self.base_count}
        if self.kind == "up_sell":
            return self.env._(
                "%(count)s of %(base)s customers alike who bought %(product)s went on to it",
                **figures,
                product=self.because_product_id.display_name or "",
            )
        if self.because_product_id:
            return self.env._(
                "In %(count)s of %(base)s purchases of %(product)s",
                **figures,
                product=self.because_product_id.display_name,
            )
        return self.env._("Bought by %(count)s of %(base)s customers", **figures)

    @api.depends("product_id", "company_id")
    def _compute_stock_status(self):
        for company, recommendations in self.sudo().grouped("company_id").items():
            status = self._get_stock_statuses(company, recommendations.product_id)
            for recommendation in recommendations:
                recommendation.stock_status = status.get(recommendation.product_id.id)

    @api.model
    def _get_stock_statuses(self, company, products):
        """Return product id -> whether the product is there now, in a company."""
        products = products.with_company(company).with_context(allowed_company_ids=company.ids)
        return {product.id: self._get_stock_status(product) for product in products}

    @api.model
    def _get_stock_status(self, product):
        if not product.is_storable:
            return "unlimited"
        if product.free_qty > 0:
            return "in_stock"
        return "on_order" if product.incoming_qty > 0 else "none"
