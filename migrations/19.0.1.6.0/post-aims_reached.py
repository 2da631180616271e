"""Say of aims when they were first reached, as far as reviews have measured it."""


def migrate(cr, version):
    """Fill the day from the reviews; one statement, whatever their number."""
    cr.execute(
        """UPDATE customer_account_aim a
              SET reached_day = r.day
             FROM (SELECT g.aim_id, MIN(v.date) AS day
                     FROM customer_account_reading g
                     JOIN customer_account_review v ON v.id = g.review_id
                     JOIN customer_account_aim m ON m.id = g.aim_id AND g.measure = m.measure
                    WHERE g.value >= m.target
                 GROUP BY g.aim_id) r
            WHERE r.aim_id = a.id AND a.reached_day IS NULL"""
    )
