import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("customer_value_salesperson", {
    steps: () => [
        {
            content: "The contact shows the tier",
            trigger: ".o_form_view .o_customer_value_badges:contains(Bronze)",
        },
        {
            content: "Open the page with the numbers",
            trigger: ".o_notebook a[name=customer_value]",
            run: "click",
        },
        {
            content: "The card explains the tier",
            trigger: ".o_customer_card_full .o_tier_explanation[data-part=current] .fa-check",
        },
        {
            content: "A salesperson sees no profit",
            trigger: ".o_customer_card_full:not(:has([data-section=profit]))",
        },
        {
            content: "Revenue is a button to the invoices",
            trigger: "[data-metric=revenue_365] button.o_customer_card_number:contains(2,345.00)",
            run: "click",
        },
        {
            content: "Both invoices are listed",
            trigger: ".o_list_view .o_data_row:nth-child(2)",
        },
        {
            content: "Their sum is the number",
            trigger: ".o_list_view tfoot:contains(2,345.00)",
        },
    ],
});

registry.category("web_tour.tours").add("customer_value_accountant", {
    steps: () => [
        {
            content: "The invoice warns about nothing but tells the tier",
            trigger: ".o_form_view [name=customer_value_tier]:contains(Bronze)",
        },
        {
            content: "The panel shows value and profit",
            trigger: ".o_customer_card_compact [data-metric=net_profit_365]",
        },
        {
            content: "Unknown is not zero",
            trigger: ".o_customer_card_compact:not(:has([data-metric=payment_days_late]))",
        },
        {
            content: "Go to the customer",
            trigger: ".o_customer_card_compact button:contains(View customer)",
            run: "click",
        },
        {
            content: "The profile shows profit to accountants",
            trigger: ".o_customer_card_full [data-section=profit] [data-metric=gross_profit_365]",
        },
    ],
});
