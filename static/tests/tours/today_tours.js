import { registry } from "@web/core/registry";

const ROW = ".o_customer_today_row";

registry.category("web_tour.tours").add("customer_value_today", {
    steps: () => [
        {
            content: "On a phone the apps are behind the menu",
            trigger: ".o_menu_toggle",
            run: "click",
        },
        {
            content: "All of them",
            trigger: ".o_sidebar_topbar .btn-primary",
            run: "click",
        },
        {
            content: "First click: the app",
            trigger: ".o_app[data-menu-xmlid='customer_value.customer_value_menu_root']",
            run: "click",
        },
        {
            content: "Second click: log what was said to the first customer",
            trigger: `${ROW}:first-child:contains(Azure) button[name=log]`,
            run: "click",
        },
        {
            content: "Third click: that is all",
            trigger: ".modal button[name=action_save]",
            run: "click",
        },
        {
            content: "The row has left: put the next customer off",
            trigger: `body:not(:has(.modal)) ${ROW}:first-child:contains(Deco) button[name=later]`,
            run: "click",
        },
        {
            content: "Until tomorrow",
            trigger: `${ROW} .o_customer_today_panel button[data-day]`,
            run: "click",
        },
        {
            content: "Not now",
            trigger: `${ROW}:first-child:contains(Gemini) button[name=not_now]`,
            run: "click",
        },
        {
            content: "And why",
            trigger: `${ROW} .o_customer_today_panel button[data-reason=no_need]`,
            run: "click",
        },
        {
            content: "Nobody is left",
            trigger: ".o_customer_today_empty",
        },
    ],
});
