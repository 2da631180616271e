import { useExternalListener } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

/**
 * The quick log: Enter in a one-line field saves, as in a search box.
 *
 * Not in the note, where Enter starts a new line, nor while suggestions are open.
 */
export class InteractionLogController extends FormController {
    setup() {
        super.setup();
        useExternalListener(window, "keydown", (event) => this.onLogKeydown(event));
    }

    onLogKeydown(event) {
        const { target } = event;
        const isOurs =
            event.key === "Enter" && !event.isComposing && this.rootRef.el?.contains(target);
        if (!isOurs || !target.matches(".o_field_char input, .o_field_float input")) {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
        target.dispatchEvent(new Event("change", { bubbles: true }));
        target.closest(".o_dialog")?.querySelector("button[name=action_save]")?.click();
    }
}

registry.category("views").add("customer_interaction_log_form", {
    ...formView,
    Controller: InteractionLogController,
});
