"""Let the mails of complaints say in which direction they are read."""

DIRECTED = (
    '<div t-att-dir="object._get_direction()" style="max-width: 600px; font-family: Tahoma, Arial, '
    'sans-serif; font-size: 15px; line-height: 1.6; color: #1f2937;">'
)


def migrate(cr, version):
    """Change the first tag of our own templates only: what was written into them stays."""
    cr.execute(
        """UPDATE mail_template t
              SET body_html = (
                  SELECT jsonb_object_agg(b.key, regexp_replace(b.value, '^\\s*<div>', %s))
                    FROM jsonb_each_text(t.body_html) b)
             FROM ir_model_data d
            WHERE d.model = 'mail.template' AND d.res_id = t.id AND d.module = 'customer_value'
              AND d.name LIKE 'mail\\_template\\_complaint\\_%%'""",
        [DIRECTED],
    )
