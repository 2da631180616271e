import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

// Long enough to read what was logged and to reach for the button.
const SHOWN_MS = 15000;

/**
 * Tell what was logged, with a button that takes it back.
 *
 * Params: `interaction_ids`, `message`, and the action to go on with in `next`.
 */
export function showLogged(env, { params }) {
    const close = env.services.notification.add(params.message, {
        type: "success",
        className: "o_interaction_logged",
        autocloseDelay: SHOWN_MS,
        buttons: [
            {
                name: _t("Undo"),
                icon: "fa-undo",
                onClick: async () => {
                    close();
                    await env.services.orm.call("customer.interaction", "action_undo", [
                        params.interaction_ids,
                    ]);
                    env.services.notification.add(_t("Nothing was logged."), { type: "info" });
                    await env.services.action.doAction("soft_reload");
                },
            },
        ],
    });
    return params.next;
}

registry.category("actions").add("customer_value_logged", showLogged);
