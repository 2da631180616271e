from datetime import date, datetime, time

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

# Days outside are slips of the pen, or attacks: time zones, intervals and calendars of Python end
# at the years 1 and 9999, those of PostgreSQL much later.
MIN_YEAR, MAX_YEAR = 1900, 2200
FIRST_DAY, LAST_DAY = date(MIN_YEAR, 1, 1), date(MAX_YEAR, 12, 31)
FIRST_MOMENT = datetime.combine(FIRST_DAY, time.min)
LAST_MOMENT = datetime.combine(LAST_DAY, time(23, 59, 59))
DATE_TYPES = ("date", "datetime")
# Days, months or hours of a setting: a hundred years of days.
MAX_SPAN = 36_500
BOUNDED = "customer_date_bounded"


def is_within(value):
    """Whether a day or moment lies in the years we can reckon with."""
    return MIN_YEAR <= value.year <= MAX_YEAR


def bound(moment):
    """Return the moment, or the nearest one we can reckon with; naive UTC."""
    return min(max(moment, FIRST_MOMENT), LAST_MOMENT)


def bound_day(day):
    """Return the day, or the nearest one we can reckon with."""
    return min(max(day, FIRST_DAY), LAST_DAY)


def sql_bound(column, kind="datetime"):
    """Return SQL of a column whose values are those of :func:`bound` or :func:`bound_day`."""
    first, last = (FIRST_MOMENT, LAST_MOMENT) if kind == "datetime" else (FIRST_DAY, LAST_DAY)
    column_type = SQL("timestamp" if kind == "datetime" else "date")
    return SQL(
        # NULL stays NULL; LEAST and GREATEST would leave it out.
        "CASE WHEN %(column)s < %(first)s::%(type)s THEN %(first)s::%(type)s"
        " WHEN %(column)s > %(last)s::%(type)s THEN %(last)s::%(type)s ELSE %(column)s END",
        column=column,
        first=first,
        last=last,
        type=column_type,
    )


class CustomerDateBoundsMixin(models.AbstractModel):
    """A record whose dates lie in the years 1900 to 2200, whoever gives them.

    What is in the table all the same, from before or by SQL, is read as the nearest such day: one
    row out of all reason must not keep anybody from a list or an analysis.
    """

    _name = "customer.date.bounds.mixin"
    _description = "Record With Dates Within Reason"

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse dates out of all reason: ValidationError."""
        return super().create([self._bound_dates(vals) for vals in vals_list])

    def write(self, vals):
        """Refuse dates out of all reason: ValidationError."""
        return super().write(self._bound_dates(vals))

    @api.model
    def default_get(self, fields):
        """Refuse dates out of all reason, which a context can hold, too: ValidationError."""
        given = {name: self.env.context.get(f"default_{name}") for name in fields}
        self._check_date_bounds(given)
        values = super().default_get(fields)
        self._check_date_bounds(values)
        return values

    def onchange(self, values, field_names, fields_spec):
        """Refuse dates out of all reason before anything is reckoned with them."""
        self._check_date_bounds(values)
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _bound_dates(self, vals):
        """Return values to store: what we derive from documents is bounded, what is given checked.

        Documents of Odoo take any date: one of them must not stop what is worked out for all.
        """
        derived = {}
        if self.env.su:
            for name, value in vals.items():
                field = self._fields.get(name)
                is_derived = field and field.readonly and field.type in DATE_TYPES
                if is_derived and isinstance(value, date):
                    near = bound if isinstance(value, datetime) else bound_day
                    derived[name] = near(value)
        vals = {**vals, **derived} if derived else vals
        self._check_date_bounds(vals)
        return vals

    @api.model
    def _check_date_bounds(self, vals):
        for name, value in vals.items():
            field = self._fields.get(name)
            if value and field and field.type in DATE_TYPES and not self._is_date(field, value):
                raise ValidationError(
                    self.env._(
                        "“%(field)s” must be a day in the years %(first)s to %(last)s. Correct "
                        "the date and try again.",
                        field=field._description_string(self.env),
                        first=MIN_YEAR,
                        last=MAX_YEAR,
                    )
                )

    @api.model
    def _is_date(self, field, value):
        try:
            read = fields.Date.to_date if field.type == "date" else fields.Datetime.to_datetime
            return is_within(read(value))
        except (ValueError, TypeError, AttributeError, OverflowError):
            return False

    # === READING WHAT IS THERE ALREADY ===

    def _fetch_query(self, query, fields):
        bounded = self.with_context(**{BOUNDED: True})
        fetched = super(CustomerDateBoundsMixin, bounded)._fetch_query(query, fields)
        return fetched.with_env(self.env)

    def _read_group_groupby(self, alias, groupby_spec, query):
        bounded = self.with_context(**{BOUNDED: True})
        return super(CustomerDateBoundsMixin, bounded)._read_group_groupby(
            alias, groupby_spec, query
        )

    def _read_group_select(self, aggregate_spec, query):
        bounded = self.with_context(**{BOUNDED: True})
        return super(CustomerDateBoundsMixin, bounded)._read_group_select(aggregate_spec, query)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Bound what is handed out; conditions and orders keep the column, and its indexes."""
        sql = super()._field_to_sql(alias, field_expr, query)
        field = self._fields.get(field_expr)
        if field and field.type in DATE_TYPES and self.env.context.get(BOUNDED):
            return sql_bound(sql, field.type)
        return sql
