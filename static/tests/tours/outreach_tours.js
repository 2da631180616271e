import { registry } from "@web/core/registry";

// By names, not by words: they run in every language.
registry.category("web_tour.tours").add("customer_sms_gateway", {
    steps: () => [
        {
            content: "The gateway and what it expects",
            trigger: ".o_form_view .o_field_widget[name=test_number] input",
            run: "edit +12015550123",
        },
        {
            content: "Send a test",
            trigger: "button[name=action_test]",
            run: "click",
        },
        {
            content: "What came back",
            trigger: ".o_field_widget[name=test_answer]:contains(HTTP 200)",
        },
    ],
});

registry.category("web_tour.tours").add("customer_lost_interview", {
    steps: () => [
        {
            content: "After the call: why did they leave?",
            trigger: ".o_kanban_record:contains(Buyer 0) button[name=action_interview_lost]",
            run: "click",
        },
        {
            content: "The reason",
            trigger: ".modal .o_field_widget[name=reason_id] input",
            run: "click",
        },
        {
            content: "The first of the list",
            trigger:
                ".o-autocomplete--dropdown-item:first-child a, .modal .o_kanban_record:first-child",
            run: "click",
        },
        {
            content: "Save",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "Back at the calls",
            trigger: "body:not(:has(.modal)) .o_kanban_view",
        },
    ],
});
