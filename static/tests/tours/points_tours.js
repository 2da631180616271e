import { registry } from "@web/core/registry";

// By names, not by words, and numbers by their digits: they run in every language.
const ZEROS = ["۰", "٠"];

/** The digits of a number on the screen, Persian and Arabic ones as Latin ones. */
function readDigits(text) {
    const latin = [...text].map((sign) => {
        const code = sign.charCodeAt(0);
        const zero = ZEROS.map((one) => one.charCodeAt(0)).find(
            (one) => code >= one && code < one + 10
        );
        return zero ? String(code - zero) : sign;
    });
    return latin.filter((sign) => sign >= "0" && sign <= "9").join("");
}

/** Fail where an element does not show a number, given as its digits. */
function expectDigits(selector, digits) {
    const text = document.querySelector(selector)?.textContent ?? "";
    if (readDigits(text) !== digits) {
        throw new Error(`${selector} shows ${text}, not ${digits}`);
    }
}

registry.category("web_tour.tours").add("customer_points_redeem", {
    steps: () => [
        {
            content: "What may be spent",
            trigger: ".o_form_view button[name=action_open_reward_wizard]:enabled",
            run: "click",
        },
        {
            content: "The reward of the program",
            trigger: ".modal .o_field_widget[name=selected_reward_id] input[type=radio]",
            run: "click",
        },
        {
            content: "Redeem",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "The reward is on the quotation",
            trigger:
                "body:not(:has(.modal)) .o_field_widget[name=order_line] .o_data_row:nth-child(2)",
        },
        {
            content: "Confirm it",
            trigger: ".o_form_view .o_statusbar_buttons button[name=action_confirm]",
            run: "click",
        },
        {
            content: "It is an order",
            trigger: ".o_statusbar_status button[data-value=sale][aria-checked=true]",
        },
    ],
});

registry.category("web_tour.tours").add("customer_points_left", {
    steps: () => [
        {
            content: "Open the page with the numbers",
            trigger: ".o_notebook a[name=customer_value]",
            run: "click",
        },
        {
            content: "80 points are left",
            trigger: ".o_customer_card_full [data-metric=points_balance] .o_customer_card_number",
            run: () => expectDigits("[data-metric=points_balance] .o_customer_card_number", "8000"),
        },
    ],
});

registry.category("web_tour.tours").add("customer_points_liability", {
    steps: () => {
        const row = ".o_list_view .o_data_row:has(button[name=action_make_liability_entry])";
        return [
            {
                content: "The month that is over: what is outstanding, and its value",
                trigger: row,
                run: () => {
                    expectDigits(`${row} td[name=outstanding]`, "31250");
                    expectDigits(`${row} td[name=outstanding_amount]`, "3125");
                },
            },
            {
                content: "What it is made of",
                trigger: `${row} button[name=action_open_entries]`,
                run: "click",
            },
            {
                content: "The entries add up to the row",
                trigger: ".o_list_view:has(td[name=kind]) tfoot .o_list_number",
                run: () => expectDigits(".o_list_view tfoot .o_list_number", "31250"),
            },
            {
                content: "Back to the months",
                trigger: ".o_breadcrumb .o_back_button, .o_control_panel .breadcrumb-item a",
                run: "click",
            },
            {
                content: "Book it",
                trigger: `${row} button[name=action_make_liability_entry]`,
                run: "click",
            },
            {
                content: "A draft of the accountant's",
                trigger:
                    ".o_form_view:has(button[name=action_open_points_entries]) .o_statusbar_status button[data-value=draft][aria-checked=true]",
            },
            {
                content: "From the entry to the same points",
                trigger: ".o_form_view button[name=action_open_points_entries]",
                run: "click",
            },
            {
                content: "They add up to what was booked",
                trigger: ".o_list_view:has(td[name=kind]) tfoot .o_list_number",
                run: () => expectDigits(".o_list_view tfoot .o_list_number", "31250"),
            },
        ];
    },
});
