import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

// Long enough to read for how many it was done, and to reach for the button.
const SHOWN_MS = 20000;

/**
 * Tell for how many customers a step was done, with a button that takes it back.
 *
 * Params: `bulk_id`, `message`, and the action to go on with in `next`.
 */
export function showBulkDone(env, { params }) {
    const close = env.services.notification.add(params.message, {
        type: "success",
        className: "o_customer_bulk_done",
        autocloseDelay: SHOWN_MS,
        buttons: [
            {
                name: _t("Undo"),
                icon: "fa-undo",
                onClick: async () => {
                    close();
                    const told = await env.services.orm.call("customer.bulk", "action_undo", [
                        [params.bulk_id],
                    ]);
                    await env.services.action.doAction(told);
                },
            },
        ],
    });
    return params.next;
}

registry.category("actions").add("customer_value_bulk_done", showBulkDone);
