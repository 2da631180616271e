import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("customer_value_log_call", {
    steps: () => [
        {
            content: "First click: log a call",
            trigger: ".o_form_view .o_customer_log_call",
            run: "click",
        },
        {
            content: "The subject is empty, with the cursor in it",
            trigger: ".o_customer_interaction_log [name=subject] input:focus:placeholder-shown",
        },
        {
            content: "The contact is known",
            trigger: ".o_customer_interaction_log [name=partner_ids] .o_tag:contains(Ana)",
        },
        {
            content: "Second click: that is all",
            trigger: ".modal-footer button[name=action_save]",
            run: "click",
        },
        {
            content: "It was logged",
            trigger: ".o_interaction_logged:contains(Logged: Call)",
        },
        {
            content: "Once more, with the keyboard: the dialog is gone, the button is there",
            trigger: "body:not(:has(.modal)) .o_customer_log_call",
            run: "click",
        },
        {
            content: "Enter saves",
            trigger: ".o_customer_interaction_log [name=subject] input",
            run: "edit Price of desks && press Enter",
        },
        {
            content: "A mistake: undo",
            trigger: ".o_interaction_logged:contains(Logged: Price of desks) button:contains(Undo)",
            run: "click",
        },
        {
            content: "It is gone",
            trigger: ".o_notification:contains(Nothing was logged)",
        },
    ],
});
