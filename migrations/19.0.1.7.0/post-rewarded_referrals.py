"""Say of referrals when they were first rewarded: from then on they stay what they are."""


def migrate(cr, version):
    """Take the day of the first purchase; what was asked of an invoice then was nothing."""
    cr.execute(
        """UPDATE customer_referral
              SET rewarded_date = COALESCE(bought_date, date::date), least_amount = 0
            WHERE rewarded_date IS NULL AND (state = 'rewarded' OR program_id IS NOT NULL)"""
    )
