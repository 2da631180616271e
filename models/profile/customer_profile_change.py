from odoo import api, models
from odoo.tools import SQL


class CustomerProfile(models.Model):
    """Which transaction changed a profile last, for programs that follow the changes.

    A time could not tell: a transaction that began early may commit late, after somebody has
    read the later ones. PostgreSQL knows which transactions are finished, so the number of
    the transaction is what is kept (``customer_api_changes.py``). A trigger writes it,
    because profiles are written by several statements and all of them count.
    """

    _inherit = "customer.profile"

    @api.model
    def _get_quiet_columns(self):
        """Return columns whose change alone is no change to others; extended by features."""
        return ("write_date", "write_uid")

    def init(self):
        result = super().init()
        quiet = SQL(" ").join(
            SQL("seen.%(name)s := OLD.%(name)s;", name=SQL.identifier(name))
            for name in self._get_quiet_columns()
        )
        self.env.execute_query(
            SQL(
                """ALTER TABLE customer_profile ADD COLUMN IF NOT EXISTS change_xid bigint;

                CREATE INDEX IF NOT EXISTS customer_profile_change_xid_idx
                    ON customer_profile (company_id, change_xid, id);

                CREATE OR REPLACE FUNCTION customer_profile_note_change() RETURNS trigger
                LANGUAGE plpgsql AS $$
                DECLARE
                    seen customer_profile;
                BEGIN
                    IF TG_OP = 'UPDATE' THEN
                        seen := NEW;
                        %(quiet)s
                        IF seen IS NOT DISTINCT FROM OLD THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    NEW.change_xid := pg_current_xact_id()::text::bigint;
                    RETURN NEW;
                END $$;

                DROP TRIGGER IF EXISTS customer_profile_note_change ON customer_profile;

                CREATE TRIGGER customer_profile_note_change
                BEFORE INSERT OR UPDATE ON customer_profile
                FOR EACH ROW EXECUTE FUNCTION customer_profile_note_change();

                SELECT 1""",
                quiet=quiet,
            )
        )
        return result
