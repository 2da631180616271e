def post_init_hook(env):
    """Create the default tiers and start filling in, in the background, what is already there."""
    companies = env["res.company"].search([])
    env["customer.tier"]._create_default_tiers(companies)
    companies._create_service_defaults()
    env.ref("customer_value.ir_cron_customer_value_cost")._trigger()
    env.ref("customer_value.ir_cron_customer_value_nightly")._trigger()


def uninstall_hook(env):
    """Leave nothing behind that Odoo does not remove by itself."""
    env["customer.tier"]._release("tier")
    crons = env["ir.cron"].search([("model_id.model", "=like", "customer.%")])
    env["ir.cron.trigger"].search([("cron_id", "in", crons.ids)]).unlink()
    _forget_scoring(env)
    _forget_reflections(env)
    _forget_foreign_keys(env)
    env.cr.execute(
        """DROP FUNCTION IF EXISTS customer_profile_note_change() CASCADE;
           DROP FUNCTION IF EXISTS customer_text_grams(text) CASCADE;
           DROP FUNCTION IF EXISTS customer_text_fold(text) CASCADE"""
    )


def _forget_scoring(env):
    """Take our fields out of Odoo's lead scoring, if somebody uses them there."""
    ours = {"customer_prospect_group_id", "customer_size"}
    env["crm.lead.scoring.frequency"].search([("variable", "in", sorted(ours))]).unlink()
    parameters = env["ir.config_parameter"]
    used = (parameters.get_param("crm.pls_fields") or "").split(",")
    if not ours.isdisjoint(used):
        kept = [name for name in used if name not in ours]
        parameters.set_param("crm.pls_fields", ",".join(kept))


def _forget_reflections(env):
    """Delete the names that mixins of other modules (mail, rating …) have given to our models."""
    names = env["ir.model.data"]
    models = names.search(
        [
            ("module", "=", "customer_value"),
            ("model", "=", "ir.model"),
            "|",  # not those we only extend
            ("name", "=like", "model\\_customer\\_%"),
            ("name", "=like", "model\\_ir\\_qweb\\_field\\_customer\\_%"),
        ]
    )
    for name in models.mapped("name"):
        ours = name.removeprefix("model_").replace("_", "\\_")
        found = names.search(
            [
                ("module", "!=", "customer_value"),
                "|",
                ("name", "=like", f"model\\_inherit\\_\\_{ours}\\_\\_%"),
                ("name", "=like", f"selection\\_\\_{ours}\\_\\_%"),
            ]
        )
        found.unlink()


def _forget_foreign_keys(env):
    """Drop the foreign keys of our fields on models of others: Odoo keeps the rows about them."""
    ours = [("module.name", "=", "customer_value"), ("type", "=", "f")]
    env["ir.model.constraint"].search(ours).unlink()
