import { reactive } from "@odoo/owl";
import { registry } from "@web/core/registry";

/**
 * The calls that ring or go on at this person's telephone, as the server tells them.
 *
 * A call whose end has come in stays away, whatever comes in later.
 */
export const customerCallService = {
    dependencies: ["bus_service"],

    start(env, { bus_service: bus }) {
        const calls = reactive(new Map());
        const ended = new Set();

        bus.subscribe("customer_value.call", ({ event, call }) => {
            if (event === "hide") {
                ended.add(call.id);
                calls.delete(call.id);
            } else if (!ended.has(call.id)) {
                calls.set(call.id, call);
            }
        });
        bus.start();

        return {
            calls,
            dismiss(id) {
                ended.add(id);
                calls.delete(id);
            },
        };
    },
};

registry.category("services").add("customer_call", customerCallService);
