from odoo import api, models
from odoo.tools import SQL


class CustomerPercentileMixin(models.AbstractModel):
    """Fields of a report that are percentiles of whatever is grouped.

    The database takes them over the rows of the group, so they are right for any grouping; a
    median of medians would not be.
    """

    _name = "customer.percentile.mixin"
    _description = "Percentiles of a Report"

    # field -> share of the rows that are no greater than its value
    _percentiles = {}

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Take percentiles of the rows of the group, whatever the aggregate asked for."""
        name = aggregate_spec.partition(":")[0]
        if name not in self._percentiles:
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "percentile_cont(%s) WITHIN GROUP (ORDER BY %s)",
            self._percentiles[name],
            self._field_to_sql(self._table, name, query),
        )
