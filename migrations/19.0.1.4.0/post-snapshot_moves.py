"""Say in each snapshot what the one before it said, and have the buying score worked out."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Fill the new columns of the snapshots; one statement, whatever their number."""
    cr.execute(
        """WITH month AS (
                SELECT company_id, date, LAG(date) OVER (PARTITION BY company_id ORDER BY date)
                           AS previous_date
                  FROM (SELECT DISTINCT company_id, date FROM customer_profile_snapshot) d
           )
           UPDATE customer_profile_snapshot s
              SET previous_date = b.date, previous_segment = b.segment,
                  previous_stage = b.stage, previous_tier_id = b.tier_id
             FROM month m
             JOIN customer_profile_snapshot b
               ON b.company_id = m.company_id AND b.date = m.previous_date
            WHERE s.company_id = m.company_id AND s.date = m.date
              AND s.partner_id = b.partner_id AND s.previous_date IS NULL"""
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    env.ref("customer_value.ir_cron_customer_value_nightly")._trigger()
