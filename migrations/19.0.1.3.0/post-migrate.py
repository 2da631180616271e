"""Begin full refreshes that were under way anew: ranges name their customers now."""


def migrate(cr, version):
    """Ask for them once more; their ranges go."""
    cr.execute("DELETE FROM customer_refresh_range")
    cr.execute(
        "UPDATE customer_refresh_run SET state = 'requested' WHERE state IN ('facts', 'scores')"
    )
