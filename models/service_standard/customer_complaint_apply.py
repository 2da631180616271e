from odoo import fields, models


class CustomerComplaint(models.Model):
    """Which service standards apply to complaints, and since when they stand still.

    The number of queries does not depend on the number of complaints.
    """

    _inherit = "customer.complaint"

    def _update_deadlines(self, is_new=False):
        """Bring pauses, deadlines and measured hours up to date with the complaints.

        :param is_new: also judge what was reached before the complaint was recorded here
        """
        complaints = self.sudo()
        now = fields.Datetime.now()
        complaints._update_pauses(now)
        complaints._apply_standards(now, is_new)
        complaints._find_open_deadlines()._evaluate(now)
        complaints._measure_hours(now)

    def _get_working_calendar(self):
        """Return the working hours of the team, else of the company; may be empty."""
        self.ensure_one()
        return self.team_id.calendar_id or self.company_id.resource_calendar_id

    def _get_reached_date(self, kind, now):
        """Return when the target of a kind was reached, ``None`` while it was not.

        A complaint that is solved without a word before was answered by the solution.
        """
        self.ensure_one()
        solved = self.close_date or (now if self.stage_id.is_solved else None)
        if kind == "solution":
            return solved or None
        dates = [date for date in (self.first_response_date, solved) if date]
        return min(dates, default=None)

    def _find_open_deadlines(self):
        return (
            self.env["customer.complaint.deadline"]
            .sudo()
            .search([("complaint_id", "in", self.ids), ("end_date", "=", False)])
        )

    def _get_pauses(self):
        """Return complaint -> list of (start, end) in order; the last may have no end."""
        pauses = self.env["customer.complaint.pause"].sudo()
        groups = pauses.search([("complaint_id", "in", self.ids)]).grouped("complaint_id")
        return {
            complaint: [(pause.start_date, pause.end_date) for pause in found]
            for complaint, found in groups.items()
        }

    def _update_pauses(self, now):
        """Begin the pause of complaints that wait for the customer, end the others'."""
        pauses = self.env["customer.complaint.pause"].sudo()
        current = pauses.search(
            [("complaint_id", "in", self.ids), ("end_date", "=", False)]
        ).grouped("complaint_id")
        waiting = self.filtered(lambda c: c.stage_id.is_waiting and not c._is_solved())
        begun = waiting.filtered(lambda c: c not in current)
        pauses.create([{"complaint_id": c.id, "start_date": now} for c in begun])
        for complaint in self - waiting:
            if pause := current.get(complaint):
                end = min(now, complaint.close_date or now)
                pause.end_date = max(end, pause.start_date)

    def _apply_standards(self, now, is_new=False):
        """Give complaints the deadlines of the standards that fit; end those that fit no more.

        A deadline counts from the receipt, whenever its standard came to apply, and one for
        a solution from the last reopening. What was reached before a standard came to apply
        is not judged by it, except for new complaints.
        """
        standards = (
            self.env["customer.service.standard"]
            .sudo()
            .search([("company_id", "in", self.company_id.ids), ("active", "=", True)])
        )
        tiers = self._get_tiers()
        current = self._find_open_deadlines().grouped("complaint_id")
        values, obsolete = [], self.env["customer.complaint.deadline"].sudo()
        for complaint in self:
            tier = tiers.get((complaint.customer_id, complaint.company_id), tiers[None])
            if complaint.standard_tier_id != tier:
                complaint.standard_tier_id = tier
            deadlines = current.get(complaint, obsolete.browse())
            wanted = complaint._get_wanted(standards, tier, now, is_new)
            for deadline in deadlines:
                if not complaint._keep_deadline(deadline, wanted, now):
                    obsolete |= deadline
            values += complaint._prepare_deadlines(wanted, tier)
        obsolete._cancel(now)
        self.env["customer.complaint.deadline"].sudo().create(values)

    def _get_tiers(self):
        """Return (customer, company) -> tier of the customer; ``None`` -> no tier."""
        profiles = (
            self.env["customer.profile"]
            .sudo()
            .search_fetch(
                [
                    ("partner_id", "in", self.customer_id.ids),
                    ("company_id", "in", self.company_id.ids),
                ],
                ["partner_id", "company_id", "tier_id"],
            )
        )
        tiers = {(profile.partner_id, profile.company_id): profile.tier_id for profile in profiles}
        return {None: self.env["customer.tier"], **tiers}

    def _get_wanted(self, standards, tier, now, is_new):
        """Return (standard, kind) -> target hours of the deadlines the complaint should have."""
        if self.duplicate_of_id:
            return {}
        return {
            (standard, kind): hours
            for standard in standards
            if standard._fits(self, tier)
            for kind, hours in standard._get_targets().items()
            if is_new or not self._get_reached_date(kind, now)
        }

    def _keep_deadline(self, deadline, wanted, now):
        """Take an open deadline out of the wanted ones, if it is one; correct its start.

        What was promised stays so when the standard is archived, or asks for less from now on.

        :return: whether it stays; one that has just been reached is about to end by itself
        """
        if self.duplicate_of_id:
            return False
        key = (deadline.standard_id, deadline.kind)
        if key not in wanted:
            if self._get_reached_date(deadline.kind, now):
                return True
            if not deadline.standard_id._fits(self, self.standard_tier_id):
                return False
        wanted.pop(key, None)
        start = self._get_deadline_start(deadline.kind)
        if deadline.start_date != start:
            deadline.start_date = start
        return True

    def _get_deadline_start(self, kind):
        if kind == "solution" and self.solution_start_date:
            return self.solution_start_date
        return self.open_date

    def _prepare_deadlines(self, wanted, tier):
        """Return the values of the deadlines to create."""
        return [
            {
                "complaint_id": self.id,
                "standard_id": standard.id,
                "kind": kind,
                "start_date": self._get_deadline_start(kind),
                "target_hours": hours,
                "warning_hours": standard.warning_hours,
                "team_id": self.team_id.id,
                "severity": self.severity,
                "tier_id": tier.id,
            }
            for (standard, kind), hours in wanted.items()
        ]
