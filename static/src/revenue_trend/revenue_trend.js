/* global Chart */
import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor } from "@web/core/colors/colors";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { formatMonetary } from "@web/views/fields/formatters";
import { writeDigits } from "../calendar/reader_number";
import { formatReaderMonth } from "../calendar/reader_calendar";

// Two digits at least: the steps of an axis are halves too, and 1.5 million is not "2M".
const SHORT = { humanReadable: true, digits: [16, 0], minDigits: 2 };

/** Revenue per calendar month as bars; drawn anew whenever the numbers change. */
export class RevenueTrend extends Component {
    static template = "customer_value.RevenueTrend";
    static props = {
        points: {
            type: Array,
            element: { type: Object, shape: { month: String, amount: Number } },
        },
        currencyId: Number,
    };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                if (!this.canvas.el) {
                    return;
                }
                const chart = new Chart(this.canvas.el, this.getConfig());
                return () => chart.destroy();
            },
            () => [JSON.stringify(this.props), this.canvas.el]
        );
    }

    formatMonth(month) {
        return formatReaderMonth(month);
    }

    /** The isolate marks keep sign, symbol and digits in order on a right-to-left canvas. */
    formatAmount(amount, options = {}) {
        const text = formatMonetary(amount, { currencyId: this.props.currencyId, ...options });
        return `\u2066${text}\u2069`;
    }

    get summary() {
        const total = this.props.points.reduce((sum, point) => sum + point.amount, 0);
        return _t("Revenue by month over two years, in total %(amount)s", {
            amount: writeDigits(this.formatAmount(total)),
        });
    }

    getScales(isRtl) {
        return {
            x: {
                reverse: isRtl,
                grid: { display: false },
                ticks: { maxRotation: 0, autoSkipPadding: 12 },
            },
            y: {
                position: isRtl ? "right" : "left",
                ticks: {
                    maxTicksLimit: 5,
                    callback: (amount) => this.formatAmount(amount, SHORT),
                },
            },
        };
    }

    getConfig() {
        const isRtl = localization.direction === "rtl";
        const color = getColor(1, cookie.get("color_scheme"), "odoo");
        return {
            type: "bar",
            data: {
                labels: this.props.points.map((point) => this.formatMonth(point.month)),
                datasets: [
                    {
                        label: _t("Revenue"),
                        data: this.props.points.map((point) => point.amount),
                        backgroundColor: color,
                        borderRadius: 2,
                    },
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        rtl: isRtl,
                        textDirection: localization.direction,
                        displayColors: false,
                        callbacks: { label: (item) => this.formatAmount(item.raw) },
                    },
                },
                scales: this.getScales(isRtl),
            },
        };
    }
}
