"""Begin full refreshes that were under way anew: ranges name their customers now.

And have the predictions made anew, as the former ones know nothing of level, season and recent
purchases; until then they answer with what their process says.
"""


def migrate(cr, version):
    """Ask for both once more; the ranges go."""
    cr.execute("DELETE FROM customer_refresh_range")
    cr.execute(
        "UPDATE customer_refresh_run SET state = 'requested' WHERE state IN ('facts', 'scores')"
    )
    cr.execute(
        """INSERT INTO customer_prediction_model (company_id, date, state, is_after_change,
                  create_uid, write_uid, create_date, write_date)
           SELECT company_id, CURRENT_DATE, 'requested', FALSE, 1, 1, NOW(), NOW()
             FROM customer_prediction_model m
            WHERE state = 'active'
              AND NOT EXISTS (SELECT 1 FROM customer_prediction_model r
                               WHERE r.company_id = m.company_id AND r.state = 'requested')"""
    )
