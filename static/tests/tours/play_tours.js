import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

// By names, not by words: they run in every language.
const START = "customer_value.customer_play_start_action";

registry.category("web_tour.tours").add("customer_play_start", {
    steps: () => [
        {
            content: "Choose everybody in the list",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Open the actions",
            trigger: ".o_control_panel .o_cp_action_menus button:has(.fa-cog)",
            run: "click",
        },
        {
            content: "Start a play",
            trigger: ".o-dropdown-item.o_menu_item",
            run: async ({ click }) => {
                const { name } = await rpc("/web/action/load", { action_id: START });
                const items = [...document.querySelectorAll(".o-dropdown-item.o_menu_item")];
                await click(items.find((item) => item.textContent.trim() === name));
            },
        },
        {
            content: "The dry run says whom, and what it costs",
            trigger: ".modal .o_field_widget[name=found_count]:contains(/^[5۵]$/)",
        },
        {
            content: "Start",
            trigger: ".modal button[name=action_start]",
            run: "click",
        },
        {
            content: "The play is starting",
            trigger:
                ".o_form_view .o_statusbar_status button[data-value=starting][aria-checked=true]",
        },
    ],
});

registry.category("web_tour.tours").add("customer_play_calls", {
    steps: () => [
        {
            content: "A call with its phone and its reason",
            trigger:
                ".o_kanban_record:contains(Buyer 0):contains(They have been silent) a[href^='tel:']",
        },
        {
            content: "Spoke with the first",
            trigger: ".o_kanban_record:contains(Buyer 0) button[name=action_answered]",
            run: "click",
        },
        {
            content: "The second did not answer",
            trigger:
                ".o_kanban_view:has(.o_kanban_record:contains(Buyer 0):not(:has(button[name=action_answered]))) .o_kanban_record:contains(Buyer 1) button[name=action_not_reached]",
            run: "click",
        },
        {
            content: "Nothing is left to do",
            trigger: ".o_kanban_view:not(:has(button[name=action_answered]))",
        },
    ],
});
