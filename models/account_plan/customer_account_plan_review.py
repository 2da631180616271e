from odoo import models


class CustomerAccountPlan(models.Model):
    """Reviews, closing, and what becomes of plans when customers are merged."""

    _inherit = "customer.account.plan"

    # === BUTTONS ===

    def action_review(self):
        """Open the window that records a review. Public: button.

        :raise AccessError: for users who may not change the plan
        :raise UserError: for a closed plan
        """
        return self._open_review(is_closing=False)

    def action_close(self):
        """Open the window that records the last review and closes the plan. Public: button.

        :raise AccessError: for users who may not change the plan
        :raise UserError: for a closed plan
        """
        return self._open_review(is_closing=True)

    def _open_review(self, is_closing):
        self.ensure_one()
        self.check_access("write")
        self._check_open()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Close the plan") if is_closing else self.env._("Review"),
            "res_model": "customer.account.review.make",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_plan_id": self.id, "default_is_closing": is_closing},
        }

    def action_open_customer(self):
        """Open the contact. Public: button."""
        self.ensure_one()
        self.check_access("read")
        return self.partner_id._get_records_action(context={})

    # === REVIEWS AND MERGES ===

    def _record_review(self, note, next_date, result=None):
        """Keep what is measured today and what was said; with a result, close the plan.

        The caller has checked that the user may change the plan.
        """
        self.ensure_one()
        plan = self.sudo()
        today = self.env["customer.profile"]._get_today(plan.company_id)
        review = plan.review_ids.create(
            {
                "plan_id": plan.id,
                "date": today,
                "user_id": self.env.uid,
                "note": note,
                "is_closing": bool(result),
            }
        )
        plan.aim_ids._keep_readings(review)
        if result:
            plan.aim_ids._keep_end()
            plan.write({"state": "closed", "end_date": today, "result": result})
            plan.activity_ids.unlink()
        else:
            plan.review_date = next_date
        return review

    def _merge(self, customer):
        """Give the plans of merged customers to the one that stays.

        Of two open plans in a company, the customer's own goes on, else the older one; it gets
        the aims, people, reviews and next steps of the other, which ends as given up.
        """
        plans = self.search([("partner_id", "in", (self.partner_id | customer).ids)])
        is_open = plans.filtered(lambda plan: plan.state == "open")
        for same in is_open.grouped("company_id").values():
            kept = same.sorted(lambda plan: (plan.partner_id != customer, plan.id))[0]
            for other in same - kept:
                kept._take_over(other)
        plans.flush_recordset()
        plans.partner_id = customer.id
        plans.flush_recordset()

    def _take_over(self, other):
        """Get everything of another plan of the same customer, which is closed."""
        people = other.contact_ids
        people.filtered(lambda row: row.partner_id in self.contact_ids.partner_id).unlink()
        for lines in (other.aim_ids, people.exists(), other.review_ids):
            lines.plan_id = self.id
        other.activity_ids.write({"res_id": self.id})
        if other.strategy and other.strategy != self.strategy:
            self.strategy = "\n\n".join(filter(None, (self.strategy, other.strategy)))
        self.review_date = min(self.review_date, other.review_date)
        today = self.env["customer.profile"]._get_today(self.company_id)
        other.write({"state": "closed", "result": "dropped", "end_date": today})
        body = self.env._("Merged into the plan of the customer that stays.")
        other._message_log(body=body)
