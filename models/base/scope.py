from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from odoo.tools import SQL

# Money windows in days (docs/formulas.md).
YEAR = 365
HALF_YEAR = 180
# Whatever is posted counts for what it gives back and costs, also when its day is still to come.
ALL_DAYS = date.max


def where_any(column: SQL, ids: Sequence[int] | None) -> SQL:
    """Restrict a column to ids; one alone as a constant, which the planner knows best.

    ``None`` is no restriction.
    """
    if ids is None:
        return SQL("TRUE")
    if len(ids) == 1:
        return SQL("%s = %s", column, ids[0])
    return SQL("%s = ANY(%s)", column, list(ids))


@dataclass(frozen=True)
class Scope:
    """Whose facts to compute: customers of one company, as of a day in its time zone.

    ``partner_ids`` is ``None`` for every customer of the company, ``documents``, a query of ids,
    for all their sale documents. Documents are those of ``counted_company_ids``: the company's
    own, and those of the branches below it (``None``: of all).
    ``staged``: what of them stands in work tables (``profile/customer_profile_work.py``):
    ``documents`` of any day, or ``moves``, which also know what was kept; ``is_large``: with the
    steps of working out what was given back; ``is_plain``: nothing was.
    """

    company_id: int
    partner_ids: Sequence[int] | None
    today: date
    timezone: str
    delivery_tolerance_days: int = 0
    documents: SQL | None = None
    counted_company_ids: Sequence[int] | None = None
    staged: str = ""
    is_large: bool = False
    is_plain: bool = False

    def where_customer(self, column: SQL) -> SQL:
        """Restrict a commercial-partner column to the scope."""
        if self.partner_ids is None:
            return SQL("%s IS NOT NULL", column)
        if self.staged:
            return SQL("%s IN (SELECT partner_id FROM customer_work_partner)", column)
        return SQL("%s = ANY(%s)", column, list(self.partner_ids))

    def where_key(self, column: SQL) -> SQL:
        """Restrict a commercial-partner column of our own tables, by way of its index."""
        return SQL("%s = ANY(%s)", column, list(self.partner_ids))

    def as_of(self, day) -> "Scope":
        """Return the same scope as of another day."""
        return replace(self, today=day)

    def of_documents(self, documents) -> "Scope":
        """Return the same scope for some of its sale documents only: a query of their ids."""
        return replace(self, documents=documents)

    def where_document(self, column: SQL) -> SQL:
        """Restrict a column of sale documents to those of the scope."""
        if self.documents is None:
            return SQL("TRUE")
        return SQL("%s IN (%s)", column, self.documents)

    def where_company(self, column: SQL) -> SQL:
        """Restrict the company of documents to the company of the scope and its branches."""
        return where_any(column, self.counted_company_ids)

    def local_day(self, column: SQL) -> SQL:
        """Turn a UTC timestamp column into a calendar day of the company."""
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", column, self.timezone)


def get_column_arrays(model, rows, names):
    """Turn rows into typed array parameters, one per column, for ``unnest``.

    :param rows: dictionaries by column
    :param names: columns: fields of the model, or ``id``
    :rtype: SQL
    """
    return SQL(", ").join(
        SQL(
            "%s::%s[]",
            [row[name] for row in rows],
            SQL.identifier("int4" if name == "id" else model._fields[name].column_type[0]),
        )
        for name in names
    )
