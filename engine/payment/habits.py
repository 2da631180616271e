"""What customers had shown until a day: the features a document is judged by."""

import numpy as np

from .instalments import OwnSums

FEATURES = (
    *("share_late", "trend", "days_late", "experience", "amount", "usual_amount"),
    *("time_to_pay", "complaint", "dispute"),
    *(f"month_{month}" for month in range(1, 13)),
)
# So many instalments of the company stand behind a customer's own share late, or delay.
COMPANY_WEIGHT = 3.0
LONG, SHORT = 730.0, 120.0


class Habits:
    """What customers had shown until a day."""

    def __init__(self, history, share, delay, log_amount):
        late, told = history.late.astype(float), history.told
        ones = np.ones(len(history))
        ended, delays = np.where(history.paid, history.ended, np.nan), history.bounded_delays
        who = history.customers
        make = OwnSums
        self.long = make(who, told, ones, LONG), make(who, told, late, LONG)
        self.short = make(who, told, ones, SHORT), make(who, told, late, SHORT)
        self.all = make(who, told, ones), make(who, told, late)
        self.delays = make(who, ended, ones), make(who, ended, delays)
        logs = np.log1p(history.amounts) - log_amount
        self.amounts = make(who, history.issued, ones), make(who, history.issued, logs)
        self.share, self.delay, self.log_amount = share, delay, log_amount

    def get_features(self, documents, days):
        """Return the features of documents as known on a day each: one row per document."""
        who = documents.customers
        long, short = self._share(self.long, who, days), self._share(self.short, who, days)
        count = self.all[0].at(who, days)
        logs = np.log1p(documents.amounts) - self.log_amount
        # The amount itself may be among those known: without it on the day of issue.
        usual = self._drawn(self.amounts, who, days - 1, 0.0)
        months = _get_months(documents.due)[:, None] == np.arange(1, 13)
        columns = (
            _logit(long) - _logit(self.share),
            _logit(short) - _logit(long),
            (self._drawn(self.delays, who, days, self.delay) - self.delay) / 30,
            np.log1p(count),
            logs,
            np.clip(logs - usual, -5, 5),
            np.log1p(documents.due - documents.issued),
            documents.complaining,
            documents.disputed,
        )
        return np.column_stack([*(column.astype(float) for column in columns), months])

    def _drawn(self, sums, who, days, common):
        count, total = (part.at(who, days) for part in sums)
        return (total + COMPANY_WEIGHT * common) / (count + COMPANY_WEIGHT)

    def _share(self, sums, who, days):
        return self._drawn(sums, who, days, self.share)

    def get_own(self, who, days):
        """Return (count, late, mean delay or NaN) without anything of the company."""
        count, late = (part.at(who, days) for part in self.all)
        paid, total = (part.at(who, days) for part in self.delays)
        mean = np.divide(total, paid, out=np.full(len(who), np.nan), where=paid > 0)
        return count, late, mean

    def get_shares(self, who, days):
        """Return the share late of all their instalments, drawn to the company's."""
        return self._share(self.all, who, days)

    def get_rules(self, who, days):
        """Return what the simple rules say: own share late, own mean delay; else the company's."""
        count, late, mean = self.get_own(who, days)
        share = np.divide(late, count, out=np.full(len(who), self.share), where=count > 0)
        return share, np.where(np.isnan(mean), self.delay, mean)


def _get_months(ordinals):
    days = (np.floor(ordinals) - 719163).astype("datetime64[D]")
    return days.astype("datetime64[M]").astype(int) % 12 + 1


def _logit(share):
    share = np.clip(share, 1e-3, 1 - 1e-3)
    return np.log(share / (1 - share))
