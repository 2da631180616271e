/* global Chart */
import {
    animationFrame,
    click,
    describe,
    expect,
    press,
    queryAllTexts,
    queryFirst,
    queryOne,
    runAllTimers,
    test,
} from "@odoo/hoot";
import { Component, xml } from "@odoo/owl";
import {
    contains,
    defineActions,
    defineMenus,
    getService,
    makeServerError,
    mockService,
    mountWebClient,
    mountWithCleanup,
    onRpc,
    preloadBundle,
} from "@web/../tests/web_test_helpers";
import { redirect } from "@web/core/utils/urls";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

import { compare, formatNumber } from "@customer_value/board/board_format";
import { BoardPage } from "@customer_value/board/board_page";

import { getDefaultConfig } from "@web/views/view";

import {
    collectActions,
    defineCustomerValueModels,
    makePersianEnv,
} from "../customer_value_test_helpers";

describe.current.tags("desktop");
preloadBundle("web.chartjs_lib");
defineCustomerValueModels();

const LIST = {
    type: "ir.actions.act_window",
    res_model: "customer.profile",
    domain: [["id", ">", 0]],
};
const MONTHS = [
    ["2026-04-30", "2026-04-01"],
    ["2026-03-31", "2026-03-01"],
];
const STARTS = [
    ["2026-03-31", "2026-03-01"],
    ["2026-02-28", "2026-02-01"],
];
const BOARD = {
    name: "value",
    title: "Value",
    question: "Who makes the profit?",
    boards: [
        ["value", "Value"],
        ["map", "Segment map"],
    ],
    days: 365,
    has_periods: false,
    currency_id: 1,
    is_empty: false,
    notes: [],
    tiles: [
        {
            name: "revenue",
            label: "Revenue",
            help: "",
            value: 1200.5,
            unit: "money",
            before: 1000,
            before_text: "Before",
            good: 1,
            action: { ...LIST, name: "Revenue" },
        },
        {
            name: "slipping",
            label: "Slipping",
            help: "",
            value: null,
            unit: "count",
            before: null,
            before_text: "",
            good: -1,
            action: { ...LIST, name: "Slipping" },
        },
    ],
    charts: [
        {
            name: "classes",
            title: "Classes",
            type: "bar",
            is_month: false,
            labels: ["A", "B"],
            series: [
                { label: "Customers", unit: "count", values: [3, 5] },
                { label: "Revenue", unit: "money", values: [900, false] },
            ],
            action: { ...LIST, name: "Classes" },
            domains: [[["value_class", "=", "A"]], [["value_class", "=", "B"]]],
        },
    ],
    grids: [
        {
            name: "segments",
            title: "Segments",
            row_title: "Stage",
            column_title: "Score",
            is_month: false,
            rows: ["Active", "Lapsed"],
            columns: ["1", "2"],
            modes: [
                { label: "Customers", unit: "count" },
                { label: "Revenue", unit: "money" },
            ],
            cells: [
                [{ values: [4, 400], domain: [["fm_score", "=", 1]] }, null],
                [null, { values: [2, 50], domain: [["fm_score", "=", 2]] }],
            ],
            action: { ...LIST, name: "Segments" },
        },
    ],
};

function answerBoard(board = {}) {
    onRpc("customer.board", "get_board", ({ args }) => {
        expect.step(args.join(" "));
        if (args[2] && !MONTHS.some(([day]) => day === args[2])) {
            throw makeServerError({ type: "UserError", message: "Choose one of the months." });
        }
        return { ...BOARD, ...board };
    });
}

async function mountBoard(board = {}) {
    answerBoard(board);
    await mountWithCleanup(BoardPage, {
        componentEnv: { config: getDefaultConfig() },
        props: { action: { params: { board: "value" } }, actionId: 1, className: "" },
    });
    expect.verifySteps(["value 365 false false"]);
}

/** The web client at an address. */
async function openAddress(address) {
    class Reading extends Component {
        static props = ["*"];
        static template = xml`<div class="o_reading"/>`;
    }
    registry.category("actions").add("reading", Reading, { force: true });
    const moves = {
        ...BOARD.grids[0],
        month: "2026-04-30",
        months: MONTHS,
        since: "2026-03-31",
        starts: STARTS,
    };
    answerBoard({ grids: [moves], has_periods: true });
    defineActions([
        {
            id: 11,
            tag: "customer_value_board",
            type: "ir.actions.client",
            path: "board-segments",
            params: { board: "map" },
        },
    ]);
    redirect(address);
    await mountWebClient();
    await animationFrame();
}

test("the question stands on top, a tile says what it is, how much, and what it was", async () => {
    await mountBoard();
    expect("h1").toHaveText("Who makes the profit?");
    expect(".o_customer_board_tile[name=revenue]").toHaveText(/Revenue/);
    expect(".o_customer_board_tile[name=revenue]").toHaveText(
        /Before: .*1,000.00.*, up by .*200.50/
    );
    expect(".o_customer_board_tile[name=revenue] .fa-arrow-up").toHaveCount(1);
    expect(".o_customer_board_tile[name=revenue] .visually-hidden").toHaveText("Better");
    expect(".o_customer_board_tile[name=slipping] .o_customer_board_value").toHaveText(
        "Not enough data"
    );
});

test("a tile opens its list, with the keyboard, too", async () => {
    const actions = collectActions();
    await mountBoard();
    await contains(".o_customer_board_tile[name=revenue]").click();
    queryOne(".o_customer_board_tile[name=slipping]").focus();
    await press("Enter");
    await animationFrame();
    expect(actions.map((action) => action.name)).toEqual(["Revenue", "Slipping"]);
});

test("a cell opens its rows; the numbers can be others", async () => {
    const actions = collectActions();
    await mountBoard();
    expect(queryAllTexts(".o_customer_board_cell button")).toEqual([
        "\u20664\u2069",
        "\u20662\u2069",
    ]);
    expect(queryFirst(".o_customer_board_cell button")).toHaveAttribute(
        "aria-label",
        /Active, 1: .*4.* Customers/
    );
    await contains(".o_customer_board_cell button").click();
    expect(actions[0].domain).toEqual([
        ["id", ">", 0],
        ["fm_score", "=", 1],
    ]);
    await click(".o_customer_board_grid [role=group] .btn:contains(Revenue)");
    await animationFrame();
    expect(".o_customer_board_cell button:first").toHaveText(/400/);
    expect(".o_customer_board_grid .btn-primary").toHaveAttribute("aria-pressed", "true");
});

test("a picture has its table behind it, whose rows open", async () => {
    const actions = collectActions();
    await mountBoard();
    expect("canvas").toHaveAttribute("aria-label", "Classes");
    expect(Chart.getChart(queryOne("canvas")).data.datasets.map((d) => d.data)).toEqual([
        [900, null],
    ]);
    await click("summary");
    await animationFrame();
    expect("tbody tr:contains(B) td:last").toHaveText("Not enough data");
    await contains(".o_customer_board_chart tbody button:first").click();
    expect(actions[0].domain).toEqual([["value_class", "=", "A"]]);
});

test("another period; another board is a page of its own, of the same period", async () => {
    mockService("action", {
        doAction: (action, { props }) => expect.step(`${action} ${props.state.days}`),
    });
    await mountBoard({ has_periods: true });
    await contains(".o_customer_board_period").select("30");
    await contains(".o_customer_board_choice").select("map");
    expect.verifySteps(["value 30 false false", "customer_value.customer_board_action_map 30"]);
});

test("what was chosen is in the address, and there again with Back and after a reload", async () => {
    await openAddress("/odoo/board-segments?month=2026-03-31");
    expect.verifySteps(["map 365 2026-03-31 false"]);
    await contains(".o_customer_board_period").select("30");
    expect.verifySteps(["map 30 2026-03-31 false"]);
    await runAllTimers();
    expect(browser.location.search).toBe("?days=30&month=2026-03-31");
    await getService("action").doAction({ type: "ir.actions.client", tag: "reading" });
    await runAllTimers();
    expect(".o_reading").toHaveCount(1);
    browser.history.back();
    await runAllTimers();
    await animationFrame();
    expect.verifySteps(["map 30 2026-03-31 false"]);
    expect(".o_customer_board_period").toHaveValue("30");
});

test("the trail brings back what was chosen", async () => {
    await openAddress("/odoo/board-segments");
    expect.verifySteps(["map 365 false false"]);
    await contains(".o_customer_board_month").select("2026-03-31");
    expect.verifySteps(["map 365 2026-03-31 false"]);
    await getService("action").doAction({ type: "ir.actions.client", tag: "reading" });
    await getService("action").restore();
    await animationFrame();
    expect.verifySteps(["map 365 2026-03-31 false"]);
});

test("an address with a month of another company begins anew", async () => {
    await openAddress("/odoo/board-segments?month=2020-01-31");
    expect.verifySteps(["map 365 2020-01-31 false", "map 365 false false"]);
    expect("h1").toHaveCount(1);
});

test("a company without customers is told so", async () => {
    await mountBoard({ is_empty: true, tiles: [], charts: [], grids: [], notes: ["Wait."] });
    expect(".alert[role=status]").toHaveText(/No customer has been worked out yet/);
    expect("p.text-muted").toHaveText("Wait.");
    expect(".alert[role=status] button").toHaveCount(0);
});

test("first steps are offered to who has them in the menu", async () => {
    const xmlid = "customer_value.customer_value_menu_first_steps";
    defineMenus([{ id: 7, name: "First steps", xmlid, appID: 7 }]);
    const actions = collectActions();
    await mountBoard({ is_empty: true, tiles: [], charts: [], grids: [] });
    await contains(".alert[role=status] button").click();
    expect(actions).toEqual(["customer_value.customer_first_steps_action"]);
});

test("right to left, pictures run to the left and numbers keep their order", async () => {
    await makePersianEnv();
    await mountBoard();
    const { scales } = Chart.getChart(queryOne("canvas")).config.options;
    expect([scales.x.reverse, scales.y.position]).toEqual([true, "right"]);
    expect(formatNumber(-2.5, "score")).toBe("\u2066-2٫50\u2069");
});

test("more is not always better", () => {
    const tile = { value: 5, before: 3, before_text: "Before", unit: "count", good: -1 };
    expect(compare(tile).verdict).toBe("worse");
    expect(compare({ ...tile, good: 0 }).verdict).toBe("neutral");
    expect(compare({ ...tile, before: 5 }).icon).toBe("fa-minus");
    expect(compare({ ...tile, before: null })).toBe(null);
});

test("a Persian sentence has one kind of digits", async () => {
    await makePersianEnv();
    const tile = { value: 5, before: 1234, before_text: "۳۶۵ روز", unit: "count", good: 1 };
    expect(compare(tile).text).not.toMatch(/[0-9]/);
    expect(compare(tile).text).toInclude("۱٬۲۳۴");
});

test("moves are asked for by month; what they add up to stands beside them", async () => {
    const [grid] = BOARD.grids;
    const moves = {
        ...grid,
        name: "segment_moves",
        note: "From 31 March to 30 April.",
        month: "2026-04-30",
        months: MONTHS,
        since: "2026-03-31",
        starts: STARTS,
        columns: ["1", "All"],
        cells: [
            [
                { values: [4, 400], domain: [["fm_score", "=", 1]] },
                { values: [9, 900], domain: [["fm_score", "!=", 1]], is_total: true },
            ],
            [null, null],
        ],
    };
    const actions = collectActions();
    await mountBoard({ grids: [moves] });
    expect(".o_customer_board_note").toHaveText("From 31 March to 30 April.");
    expect(queryAllTexts(".o_customer_board_month option")).toEqual(["April 2026", "March 2026"]);
    await contains(".o_customer_board_total button").click();
    expect(actions[0].domain).toEqual([
        ["id", ">", 0],
        ["fm_score", "!=", 1],
    ]);
    await contains(".o_customer_board_month").select("2026-03-31");
    expect.verifySteps(["value 365 2026-03-31 false"]);
    expect(".o_customer_board_since").toHaveValue("2026-03-31");
    expect(queryAllTexts(".o_customer_board_since option")).toEqual([
        "March 2026",
        "February 2026",
    ]);
    await contains(".o_customer_board_since").select("2026-02-28");
    expect.verifySteps(["value 365 2026-04-30 2026-02-28"]);
});

test("a grid without rows says so", async () => {
    const [grid] = BOARD.grids;
    await mountBoard({
        grids: [
            {
                ...grid,
                cells: [
                    [null, null],
                    [null, null],
                ],
            },
        ],
    });
    expect(".o_customer_board_grid").toHaveText(/Nothing to show yet/);
    expect(".o_customer_board_grid table").toHaveCount(0);
});
