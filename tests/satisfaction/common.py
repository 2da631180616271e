from datetime import datetime, timedelta

from odoo import Command

from ..common import CustomerValueCommon


class SatisfactionCommon(CustomerValueCommon):
    """Answers and complaints as they are recorded; days are days before today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.factors = cls.env["customer.feedback.factor"].create(
            [{"name": name} for name in ("Finish", "Punctuality", "Use", "Manners")]
        )

    @classmethod
    def _answer(cls, partner=None, ago=0, **values):
        kind = "nps" if "nps" in values else "gap" if "levels" in values else "rating"
        levels = values.pop("levels", ())
        return cls.env["customer.feedback"].create(
            {
                "kind": kind,
                "partner_id": (partner or cls.customer).id,
                "date": datetime.now() - timedelta(days=ago),
                "line_ids": [
                    Command.create(
                        {"factor_id": factor.id, "expectation": expected, "perception": perceived}
                    )
                    for factor, (expected, perceived) in zip(cls.factors, levels, strict=False)
                ],
                **values,
            }
        )

    @classmethod
    def _complain(cls, partner=None, ago=0, closed_ago=None, **values):
        complaint = cls.env["customer.complaint"].create(
            {
                "subject": "A leg is loose",
                "partner_id": (partner or cls.customer).id,
                "open_date": datetime.now() - timedelta(days=ago),
                **values,
            }
        )
        if closed_ago is not None:
            complaint.close_date = datetime.now() - timedelta(days=closed_ago)
        return complaint

    def _refreshed(self, partner=None):
        self._drain()
        return self._profile(partner or self.customer)

    def _open(self, metric, user=None):
        profile = self._profile(self.customer).with_user(user or self.salesperson)
        action = profile.with_context(metric=metric).action_open_documents()
        facts = profile.env[action["res_model"]].with_context(**action["context"])
        return facts.search(action["domain"])
