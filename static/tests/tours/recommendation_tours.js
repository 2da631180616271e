import { registry } from "@web/core/registry";

const PANEL = ".o_field_widget[name=customer_recommendation_ids]";

registry.category("web_tour.tours").add("customer_recommendation_quotation", {
    steps: () => [
        {
            content: "The quotation tells that there is something to offer",
            trigger: "button[name=action_open_recommendations]:contains(2)",
        },
        {
            content: "Open the list",
            trigger: ".o_notebook a[name=customer_recommendations]",
            run: "click",
        },
        {
            content: "The reason comes with its figures",
            trigger: `${PANEL} .o_data_row:contains(Lamp):contains(4 of 5 customers who bought Desk also bought it)`,
        },
        {
            content: "Salespeople see no profit",
            trigger: `${PANEL}:not(:has([name=expected_profit]))`,
        },
        {
            content: "Add the lamp",
            trigger: `${PANEL} .o_data_row:contains(Lamp) button[name=action_quote]`,
            run: "click",
        },
        {
            content: "The lamp is not offered any more; reject the chair",
            trigger: `${PANEL}:not(:contains(Lamp)) .o_data_row:contains(Chair) button[name=action_reject]`,
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_radio .form-check:contains(Bought elsewhere) input",
            run: "click",
        },
        {
            content: "Reject",
            trigger: ".modal button[name=action_reject]",
            run: "click",
        },
        {
            content: "Nothing is left to offer",
            trigger:
                "body:not(:has(.modal)) .o_form_view:not(:has(.o_notebook a[name=customer_recommendations]))",
        },
        {
            content: "Back to the order lines",
            trigger: ".o_notebook a[name=order_lines]",
            run: "click",
        },
        {
            content: "The lamp is there at its price",
            trigger: "[name=order_line] .o_data_row:contains(Lamp):contains(100.00)",
        },
    ],
});

registry.category("web_tour.tours").add("customer_recommendation_new_quotation", {
    steps: () => [
        {
            content: "Name the customer",
            trigger: ".o_form_view [name=partner_id] input",
            run: "edit Shopper 4",
        },
        {
            content: "Choose the customer",
            trigger: ".o-autocomplete--dropdown-item:contains(Shopper 4)",
            run: "click",
        },
        {
            content: "What to offer is there before the quotation is saved",
            trigger: ".o_notebook a[name=customer_recommendations]",
            run: "click",
        },
        {
            content: "Add the lamp",
            trigger: `${PANEL} .o_data_row:contains(Lamp) button[name=action_quote]`,
            run: "click",
        },
        {
            content: "The lamp is not offered any more",
            trigger: `${PANEL}:not(:contains(Lamp)) .o_data_row:contains(Chair)`,
        },
        {
            content: "Back to the order lines",
            trigger: ".o_notebook a[name=order_lines]",
            run: "click",
        },
        {
            content: "The lamp is there at its price",
            trigger: "[name=order_line] .o_data_row:contains(Lamp):contains(100.00)",
        },
    ],
});
