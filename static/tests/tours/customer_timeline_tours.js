import { registry } from "@web/core/registry";

const ROWS = ".o_customer_timeline_entry";

registry.category("web_tour.tours").add("customer_value_timeline", {
    steps: () => [
        {
            content: "Open the timeline of the contact's company",
            trigger: ".o_notebook a[name=customer_timeline]",
            run: "click",
        },
        {
            content: "The newest 80 entries, by day",
            trigger: ".o_customer_timeline:contains(80 entries shown) .o_customer_timeline_heading",
        },
        {
            content: "Go on",
            trigger: ".o_customer_timeline_more",
            run: "click",
        },
        {
            content: "From then on, scrolling is enough; older entries are there",
            trigger: `.o_customer_timeline:has([data-count="160"]):has(${ROWS}:contains(Talk 100))`,
            run() {
                document.querySelector(".o_customer_timeline_more").scrollIntoView();
            },
        },
        {
            content: "And more",
            trigger: `.o_customer_timeline:has([data-count="240"]):has(${ROWS}:contains(Talk 150))`,
        },
        {
            content: "The newest come back on the way up",
            trigger: ".o_customer_timeline_search",
            run() {
                document.querySelector(".o_customer_timeline_search").scrollIntoView();
            },
        },
        {
            content: "There they are",
            trigger: `${ROWS}:contains(Talk 000)`,
        },
        {
            content: "Look for a word",
            trigger: ".o_customer_timeline_search",
            run: "edit Talk 123",
        },
        {
            content: "One entry has it",
            trigger: `.o_customer_timeline:contains(1 entry shown) ${ROWS}[data-kind=fax][data-direction=in]:contains(Talk 123)`,
        },
        {
            content: "Preview it",
            trigger: `${ROWS}:contains(Talk 123) .o_customer_timeline_row`,
            run: "click",
        },
        {
            content: "The preview tells the note",
            trigger: ".o_customer_timeline_preview:contains(They said 123)",
        },
        {
            content: "Everything again",
            trigger: ".o_customer_timeline_search",
            run: "edit ",
        },
        {
            content: "Only orders",
            trigger: ".o_customer_timeline:contains(80 entries shown) .o_customer_timeline_kinds",
            run: "click",
        },
        {
            content: "Choose the kind",
            trigger: ".o-dropdown--menu .o_customer_timeline_choice_order",
            run: "click",
        },
        {
            content: "Only one entry is left, with its amount",
            trigger: `.o_customer_timeline:not(:has([data-kind=fax])) ${ROWS}[data-kind=order] .o_customer_timeline_amount:contains(200.00)`,
        },
        {
            content: "In the last week",
            trigger: ".o_customer_timeline_period",
            run: "select 7",
        },
        {
            content: "Preview the order",
            trigger: `${ROWS}[data-kind=order] .o_customer_timeline_row`,
            run: "click",
        },
        {
            content: "Open it",
            trigger: ".o_customer_timeline_preview .o_customer_timeline_open",
            run: "click",
        },
        {
            content: "The order is open",
            trigger: ".o_form_view .o_field_widget[name=order_line]",
        },
    ],
});

registry.category("web_tour.tours").add("customer_value_timeline_analysis", {
    steps: () => [
        {
            content: "The list starts with the last 30 days",
            trigger: ".o_list_view .o_data_row:contains(Talk 000)",
        },
        {
            content: "Switch to the pivot",
            trigger: ".o_switch_view.o_pivot",
            run: "click",
        },
        {
            content: "Kinds are counted",
            trigger: ".o_pivot_view table:contains(Fax)",
        },
        {
            content: "Switch to the chart",
            trigger: ".o_switch_view.o_graph",
            run: "click",
        },
        {
            content: "A chart is drawn",
            trigger: ".o_graph_view canvas",
        },
        {
            content: "Switch to the calendar",
            trigger: ".o_switch_view.o_calendar",
            run: "click",
        },
        {
            content: "The month shows calls",
            trigger: ".o_calendar_view .fc-event:contains(Talk)",
        },
        {
            content: "Back to the list",
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        {
            content: "An entry opens its document",
            trigger: ".o_list_view .o_data_row:contains(Talk 001) td[name=subject]",
            run: "click",
        },
        {
            content: "The call is open",
            trigger: ".o_form_view .o_field_widget[name=subject]",
        },
    ],
});
