from unittest import SkipTest

from ..board.common import TodayCommon


def read_axe():
    """Return the script of axe-core; a test without the development tools is skipped."""
    try:
        from devtools import node  # not under Odoo's own runner
    except ImportError as error:
        raise SkipTest("axe-core comes with the development tools") from error
    return node.ensure_axe().read_text()


class DeskCommon(TodayCommon):
    """Customers with profiles, and those who look after them, in two companies."""

    def _as(self, user, model, company=None):
        company = company or self.company
        context = {"allowed_company_ids": company.ids, "lang": "en_US"}
        return self.env(user=user, context=context)[model]

    def _get_bulk(self, user, records, kind, company=None, **values):
        """Open the window on rows of a list, as the web client does."""
        opened = self._as(user, "customer.bulk.start", company).with_context(
            active_model=records._name, active_ids=records.ids
        )
        return opened.create({"kind": kind, **values})

    def _start(self, user, records, kind, **values):
        """Do a step for rows of a list; return the journal."""
        action = self._get_bulk(user, records, kind, **values).action_start()
        self.assertEqual(action["tag"], "customer_value_bulk_done")
        return self._as(user, "customer.bulk").browse(action["params"]["bulk_id"])
