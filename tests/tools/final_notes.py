"""A note of the customer each document had when it became final, for the oracle."""

FINAL = {"sale.order": ("sale", "cancel"), "stock.picking": ("done",)}


class FinalNotes:
    """Notes ``final`` of a history: (model, id) -> id of the customer a document had then."""

    def note_final(self):
        """Note the customer of what has just become final; a quotation again has none."""
        for model, states in FINAL.items():
            for record in self.env[model].search([("partner_id", "!=", False)]):
                if record.state not in states:
                    self.final.pop((model, record.id), None)
                else:
                    self._note(record)
        for interaction in self.env["customer.interaction"].search([("partner_id", "!=", False)]):
            self._note(interaction)

    def _note(self, record):
        customer = record.partner_id.commercial_partner_id
        self.final.setdefault((record._name, record.id), customer.id)

    def note_move(self, contact):
        """Who had documents as a customer of their own takes them along below a company.

        So does Odoo with their invoices: they are the company's from then on.
        """
        for (model, id_), customer in self.final.items():
            record = self.env[model].browse(id_).exists()
            if customer == contact.id == record.partner_id.id:
                self.final[model, id_] = contact.commercial_partner_id.id

    def note_merge(self, merged, kept):
        for key, customer in self.final.items():
            if customer == merged.id:
                self.final[key] = kept.id
