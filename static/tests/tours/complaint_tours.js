import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("customer_value_complaint", {
    steps: () => [
        {
            content: "The buttons that have no room",
            trigger: ".o_form_view .o_button_more",
            run: "click",
        },
        {
            content: "A new complaint, from the contact",
            trigger: "button[name=action_open_complaints]",
            run: "click",
        },
        {
            content: "It knows the customer",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "What is wrong",
            trigger: ".o_field_widget[name=subject] textarea, .o_field_widget[name=subject] input",
            run: "edit Table top scratched",
        },
        {
            content: "Who complains",
            trigger: ".o_field_widget[name=partner_id] input:value(Ana)",
        },
        {
            content: "About which line",
            trigger: ".o_notebook a:contains(About)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=order_line_id] input",
            run: "edit S0",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Oak desk)",
            run: "click",
        },
        {
            content: "The product follows",
            trigger: ".o_field_widget[name=product_id] input:value(Oak desk)",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "It has a number",
            trigger: ".o_field_widget[name=name]:contains(COMP/)",
        },
        {
            content: "The goods come back",
            trigger: "button[name=action_return]",
            run: "click",
        },
        {
            content: "What was delivered is proposed",
            trigger: ".modal .o_field_widget[name=line_ids] td[name=quantity]:contains(2.00)",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "The return is there",
            trigger: ".o_form_view button[name=button_validate]",
        },
        {
            trigger: ".o_breadcrumb .o_back_button",
            run: "click",
        },
        {
            content: "The complaint shows it",
            trigger: "button[name=action_open_result]:contains(Returns)",
        },
        {
            content: "And a credit note",
            trigger: "button[name=action_credit]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=amount]:contains(200.00)",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "A draft, for the accountant to check",
            trigger: ".o_form_view .o_arrow_button_current:contains(Draft)",
        },
        {
            trigger: ".o_breadcrumb .o_back_button",
            run: "click",
        },
        {
            content: "How it was solved",
            trigger: ".o_notebook a:contains(Resolution)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=resolution] textarea",
            run: "edit The desks came back, and the money goes back.",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved, .o_form_view:not(:has(.o_form_dirty))",
        },
        {
            trigger: "button[name=action_solve]",
            run: "click",
        },
        {
            content: "It will be, once the desks are here and the note is posted",
            trigger: ".alert:contains(Solved by itself once this is made)",
        },
        {
            content: "It can go on meanwhile",
            trigger: "button[name=action_reopen]:contains(Not solved yet)",
        },
    ],
});
