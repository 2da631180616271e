"""Two years of our own records: the nights on which the addon would have been at work.

On each month end the books are as they stood, the clock shows that night, and the addon's own
nightly work is done: facts, tiers and their journal, points, the copy of the month, from time to
time a new prediction, and what was foretold of sales and cash. Nothing is made up.
"""

from ast import literal_eval
from datetime import datetime, time, timedelta

from .base import Sample
from .books import Books

NIGHT = time(21, 30)


class Past(Sample):
    """What was kept of every month.

    ``months`` are remembered; a prediction is learned ``fit_every`` so many of them; sales were
    foretold in the last ``sales_months``, cash every week of the last ``cash_months``. Each of
    the ``plays`` begins once, between so many months ago: as soon as so many customers are there
    for it, at the end for as many as there are.
    """

    months, fit_every, sales_months, cash_months = 24, 3, 14, 2
    plays = (("win_back", 10, 5, 8), ("second", 7, 5, 8), ("save", 5, 5, 1))

    def remember(self):
        """Live through the nights of two years, in one transaction."""
        snapshots = self.env["customer.profile.snapshot"]
        in_company = [("company_id", "=", self.company.id)]
        if snapshots.search_count(in_company, limit=1):
            return
        ends = self.get_month_ends()
        books, begun = Books(self.env), set()
        books.close(ends[0])
        for number, end in enumerate(ends, 1):
            print(f"remember month {number} of {len(ends)}", flush=True)
            left = len(ends) - number
            for monday in self.get_mondays(end) if left < self.cash_months else ():
                self.live(books, monday, self.foretell_cash)
            self.live(books, end, self.work_at_night)
            if left % self.fit_every == self.fit_every - 1:
                self.live(books, end, self.learn)
            self.live(books, end, self.keep_month)
            self.live(books, end, self.work_plays)
            self.live(books, end, self.note_calls)
            for name in self.find_due_plays(left, begun):
                self.live(books, end, lambda _day, name=name: self.begin_play(name))
                begun.add(name)
            if left < self.sales_months:
                self.live(books, end, self.foretell_sales)
        books.open()

    def get_month_ends(self):
        """Return the last days of the months that are over, oldest first."""
        calendar = self.company._get_customer_calendar()
        begin = calendar.get_month_start(self.today)
        starts = [calendar.add_months(begin, -ago) for ago in range(self.months - 1, -1, -1)]
        return [start - timedelta(days=1) for start in starts]

    def get_mondays(self, end):
        """Return the Mondays of the month that ends on a day."""
        begin = self.company._get_customer_calendar().get_month_start(end)
        days = [begin + timedelta(days=number) for number in range((end - begin).days + 1)]
        return [day for day in days if day.weekday() == 0]

    def live(self, books, day, work):
        """Do something as it would have been done in the night of a day."""
        books.set_day(day)
        with self.at(datetime.combine(day, NIGHT)):
            work(day)
            self.env.flush_all()
        self.env.invalidate_all()

    def work_at_night(self, _day):
        """Refresh every customer."""
        runs = self.env["customer.refresh.run"]
        runs._open(self.company)
        while runs._step():
            pass

    def learn(self, day):
        """Learn who stays, and place the customers by it."""
        predictions = self.env["customer.prediction.model"]
        predictions._request(self.company)
        predictions.search([("state", "=", "requested")])._fit()
        self.work_at_night(day)

    def keep_month(self, day):
        """Copy the numbers of every customer."""
        self.env["customer.profile.snapshot"]._take(self.company, day)

    def foretell_sales(self, day):
        """Foretell this month and the next three, on the month's first day and its last."""
        self.env["customer.sales.forecast"]._make(self.company, day)

    def foretell_cash(self, day):
        """Foretell the weeks."""
        self.env["customer.payment.model"]._make(self.company, day)

    def get_template(self, name):
        """Return a ready-made play."""
        return self.env.ref(f"customer_value.customer_play_template_{name}")

    def find_due_plays(self, left, begun):
        """Return the names of plays that begin so many months ago."""
        return [
            name
            for name, first, last, wanted in self.plays
            if name not in begun
            and last <= left <= first
            and self.count_customers(name) >= (1 if left == last else wanted)
        ]

    def count_customers(self, name):
        """Return for how many customers a ready-made play is."""
        domain = literal_eval(self.get_template(name).domain)
        domain += [("company_id", "=", self.company.id)]
        return self.env["customer.profile"].search_count(domain)

    def begin_play(self, name):
        """Start a ready-made play; return it."""
        return self.start(self.get_template(name))

    def start(self, template):
        """Start a play of a template; return it."""
        values = {"template_id": template.id, "user_id": self.get_manager().id}
        play = self.env["customer.play.start"].create(values)._get_play()
        play.action_start()
        self.work_plays()
        return play

    def note_calls(self, _day):
        """Note how the calls went that plays had planned: two of three customers were reached."""
        calls = self.env["customer.play.action"].with_user(self.get_manager())
        calls = calls.search(
            [("kind", "=", "activity"), ("state", "=", "done"), ("result", "=", False)]
        )
        for call in calls:
            is_reached = self.dice.random() < 0.67
            call.action_answered() if is_reached else call.action_not_reached()

    def date_points(self):
        """Points were written down on the day they were earned, not all of them today."""
        entries = self.env["customer.points.entry"].search([("date", "<", self.today)])
        days = {
            (entry.card_id, entry.source_model, entry.source_id): entry.date for entry in entries
        }
        nights = {}
        for history in self.env["loyalty.history"].search([("card_id", "in", entries.card_id.ids)]):
            source = history.order_model or history._name, history.order_id or history.id
            if day := days.get((history.card_id, *source)):
                nights[history] = datetime.combine(day, NIGHT)
        self.backdate(nights)

    def work_plays(self, _day=None):
        """Do what the job of the plays does."""
        plays, actions = self.env["customer.play"], self.env["customer.play.action"]
        steps = (
            *(plays._enroll_batch, actions._act_batch),
            *(plays._end_batch, plays._measure_batch),
        )
        for step in steps:
            while step():
                pass
        self.env.flush_all()
        self.env.invalidate_all()
