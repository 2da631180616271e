"""What customers say: interactions, answers, complaints. A few say most of it."""

INTERACTIONS = """
    INSERT INTO customer_interaction (kind, direction, date, subject, partner_id, customer_id,
           customer_origin_id, user_id, company_id, duration_minutes, outcome, needs_answer,
           create_uid, create_date, write_uid, write_date)
    SELECT (ARRAY['call', 'email', 'call', 'visit', 'meeting'])[1 + k %% 5],
           CASE WHEN k %% 3 = 0 THEN 'in' ELSE 'out' END, at, 'About your order', partner, id, id,
           %(user)s, %(company)s, (30 * dice * dice)::int,
           (ARRAY['reached', 'done', 'not_reached', 'message_left'])[1 + (k * n) %% 4], FALSE,
           %(user)s, at, %(user)s, at
      FROM (SELECT c.n, c.id, COALESCE(c.contact_id, c.id) AS partner, k, random() AS dice,
                   date_trunc('minute', now()::timestamp)
                       - (c.age * random() * interval '1 day') - interval '1 day' AS at
              FROM bench_customer c,
                   generate_series(1, 1 + (20 * POWER(c.mood, 3))::int) k
             WHERE c.n %% 10 < 3) i
     ORDER BY at
"""
ANSWERS = """
    WITH answer AS (
        SELECT c.id, COALESCE(c.contact_id, c.id) AS partner, mood,
               (ARRAY['rating', 'nps', 'gap'])[1 + (c.n + k) %% 3] AS kind,
               GREATEST(0, LEAST(1, c.mood * 0.6 + 0.5 * random())) AS pleased,
               date_trunc('minute', now()::timestamp)
                   - (LEAST(c.age, 900) * random() * interval '1 day') - interval '1 day' AS at
          FROM bench_customer c, generate_series(1, 1 + (c.n / 20 %% 16) / 6) k
         WHERE c.n %% 20 IN (1, 7, 13)
      ORDER BY at
    ), asked AS (
        INSERT INTO customer_feedback (kind, date, partner_id, customer_id, customer_origin_id,
               company_id, source, rating, nps, is_low, is_void, user_id, create_uid, create_date,
               write_uid, write_date)
        SELECT kind, at, partner, id, id, %(company)s, 'link',
               CASE WHEN kind = 'rating' THEN 1 + ROUND(4 * pleased)::int END,
               CASE WHEN kind = 'nps' THEN ROUND(10 * pleased)::int END, FALSE, FALSE, %(user)s,
               %(user)s, at, %(user)s, at
          FROM answer
     RETURNING id, kind
    )
    INSERT INTO customer_feedback_line (feedback_id, factor_id, expectation, perception, gap,
           company_id, create_uid, create_date)
    SELECT l.id, l.factor, l.expectation, l.perception, l.perception - l.expectation, %(company)s,
           %(user)s, now()
      FROM (SELECT a.id, f.id AS factor, 3 + (a.id + f.id) %% 3 AS expectation,
                   1 + (a.id * 7 + f.id) %% 5 AS perception
              FROM asked a, customer_feedback_factor f
             WHERE a.kind = 'gap' AND f.company_id = %(company)s AND f.active) l
"""
COMPLAINTS = """
    INSERT INTO customer_complaint (name, subject, severity, partner_id, customer_id,
           customer_origin_id, company_id, team_id, category_id, stage_id, user_id, open_date,
           close_date, hours, reopen_count, color, is_from_customer, create_uid, create_date,
           write_uid, write_date)
    SELECT 'CB/' || n || '/' || k, 'Not as ordered', ((n + k) %% 4)::text, partner, id, id,
           %(company)s, %(team)s, %(category)s,
           CASE WHEN is_open THEN %(open_stage)s ELSE %(closed_stage)s END, %(user)s, at,
           CASE WHEN NOT is_open THEN LEAST(at + 12 * dice * interval '1 day', now()) END,
           ROUND((6 * dice)::numeric, 2), 0, 0, FALSE, %(user)s, at, %(user)s, at
      FROM (SELECT c.n, k, c.id, COALESCE(c.contact_id, c.id) AS partner, random() AS dice,
                   random() < 0.1 AS is_open,
                   date_trunc('minute', now()::timestamp)
                       - (LEAST(c.age, 900) * random() * interval '1 day') - interval '1 hour' AS at
              FROM bench_customer c, generate_series(1, 1 + (c.n / 20 %% 32) / 15) k
             WHERE c.n %% 20 = 1) p
     ORDER BY at
"""
WORK = ()
WRITTEN = (INTERACTIONS, ANSWERS, COMPLAINTS)
