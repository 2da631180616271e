from odoo import api, models

# model -> (path to our person, path to the products)
DOCUMENTS = {
    "stock.picking": ("sale_id.user_id", "move_ids.product_id"),
    "account.move": ("invoice_user_id", "invoice_line_ids.product_id"),
    "sale.order": ("user_id", "order_line.product_id"),
    "customer.complaint": ("user_id", "product_id"),
}


class CustomerFeedback(models.Model):
    """What the document says about an answer: whose work, which product categories."""

    _inherit = "customer.feedback"

    @api.model
    def _get_document_facts(self, res_model, res_id):
        """Return fields of an answer that follow from its document: {} when it is not there."""
        if res_model not in self.env:
            return {}
        document = self.env[res_model].sudo().browse(res_id).exists()
        if not document:
            return {}
        user_path, product_path = DOCUMENTS.get(res_model, ("user_id", None))
        facts = {"document_name": document.display_name}
        if user_path.split(".")[0] in document._fields:
            user = document.mapped(user_path)
            facts["user_id"] = user.id if user._name == "res.users" else False
        if product_path:
            categories = document.mapped(product_path).categ_id
            facts["category_ids"] = [(6, 0, categories.ids)]
        return facts

    @api.model
    def _get_document_customer(self, document):
        """Return the commercial partner of a document; of a delivery, of who ordered it."""
        document = document.sudo()
        order = document["sale_id"] if "sale_id" in document._fields else None
        return (order or document).partner_id.commercial_partner_id
