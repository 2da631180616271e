/* global Chart */
import { animationFrame, describe, expect, queryOne, test } from "@odoo/hoot";
import { mountWithCleanup, preloadBundle } from "@web/../tests/web_test_helpers";

import { RevenueTrend } from "@customer_value/revenue_trend/revenue_trend";

import {
    defineCustomerValueModels,
    makePersianEnv,
    mountWithProps,
} from "../customer_value_test_helpers";

describe.current.tags("desktop");
preloadBundle("web.chartjs_lib");
defineCustomerValueModels();

const POINTS = [
    { month: "2026-03-01", amount: 1200000 },
    { month: "2026-04-01", amount: -50.5 },
];
const getChart = () => Chart.getChart(queryOne("canvas"));

test("no invoice: a sentence, no picture", async () => {
    await mountWithCleanup(RevenueTrend, { props: { points: [], currencyId: 1 } });
    expect("canvas").toHaveCount(0);
    expect("p").toHaveText("No invoice in the last two years.");
});

test("one bar per month, labelled in the language of the user", async () => {
    await mountWithCleanup(RevenueTrend, { props: { points: POINTS, currencyId: 1 } });
    const { data } = getChart();
    expect(data.labels).toEqual(["Mar 26", "Apr 26"]);
    expect(data.datasets[0].data).toEqual([1200000, -50.5]);
});

test("tooltip and axis tell money, the axis in short", async () => {
    await mountWithCleanup(RevenueTrend, { props: { points: POINTS, currencyId: 2 } });
    const { options } = getChart().config;
    const label = options.plugins.tooltip.callbacks.label({ raw: -50.5 });
    expect(label).toBe("\u2066-50.50\u00a0€\u2069");
    expect(options.scales.y.ticks.callback(12000000)).toBe("\u206612M\u00a0€\u2069");
    expect(options.scales.y.ticks.callback(1500000)).toBe("\u20661,500k\u00a0€\u2069");
    expect(options.scales.y.ticks.callback(0)).toBe("\u20660\u00a0€\u2069");
});

test("who cannot see the picture is told the total", async () => {
    await mountWithCleanup(RevenueTrend, { props: { points: POINTS, currencyId: 1 } });
    expect("canvas").toHaveAttribute("aria-label", /in total .*\$\u00a01,199,949\.50/);
});

test("left to right, time runs to the right", async () => {
    await mountWithCleanup(RevenueTrend, { props: { points: POINTS, currencyId: 1 } });
    const { scales, plugins } = getChart().config.options;
    expect([scales.x.reverse, scales.y.position]).toEqual([false, "left"]);
    expect([plugins.tooltip.rtl, plugins.tooltip.textDirection]).toEqual([false, "ltr"]);
});

test("right to left, time runs to the left, and months are named in the Jalali calendar", async () => {
    await makePersianEnv();
    await mountWithCleanup(RevenueTrend, { props: { points: POINTS, currencyId: 1 } });
    const chart = getChart();
    const { scales, plugins } = chart.config.options;
    expect([scales.x.reverse, scales.y.position]).toEqual([true, "right"]);
    expect([plugins.tooltip.rtl, plugins.tooltip.textDirection]).toEqual([true, "rtl"]);
    expect(chart.data.labels[0]).toBe("اسفند–فروردین 05");
});

test("the picture follows the numbers, and no chart is left behind", async () => {
    const state = await mountWithProps(RevenueTrend, { points: [], currencyId: 1 });
    const before = Object.keys(Chart.instances).length;
    state.points = POINTS;
    await animationFrame();
    expect(getChart().data.datasets[0].data).toEqual([1200000, -50.5]);
    state.points = [{ month: "2026-05-01", amount: 7 }];
    await animationFrame();
    expect(getChart().data.datasets[0].data).toEqual([7]);
    expect(Object.keys(Chart.instances)).toHaveLength(before + 1);
    state.points = [];
    await animationFrame();
    expect("canvas").toHaveCount(0);
    expect(Object.keys(Chart.instances)).toHaveLength(before);
});

test("the currency changes with the customer, even where the amounts are the same", async () => {
    const state = await mountWithProps(RevenueTrend, { points: POINTS, currencyId: 1 });
    state.currencyId = 2;
    await animationFrame();
    const labels = getChart().scales.y.ticks.map(({ label }) => label);
    expect(labels.every((label) => label.includes("€"))).toBe(true, { message: labels.join() });
});
