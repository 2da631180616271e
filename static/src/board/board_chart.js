/* global Chart */
import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor } from "@web/core/colors/colors";
import { localization } from "@web/core/l10n/localization";
import { formatReaderMonth } from "../calendar/reader_calendar";
import { formatNumber, formatShort, isRtl } from "./board_format";

// On a phone a word more than that would touch the next label.
const LABEL_LETTERS = 9;
const LABEL_SIZE = 10;
// Series are told apart by dash and shape of the point, too.
const DASHES = [[], [6, 4], [2, 3], [10, 3, 2, 3]];
const POINTS = ["circle", "rect", "triangle", "rectRot"];

/** Return the lines of a label, each as long as it may be. */
export function breakIntoLines(label) {
    const lines = [""];
    for (const word of label.split(" ")) {
        const line = `${lines.at(-1)} ${word}`.trim();
        if (line.length > LABEL_LETTERS && lines.at(-1)) {
            lines.push(word);
        } else {
            lines[lines.length - 1] = line;
        }
    }
    return lines;
}

/** A picture with the table behind it; a row of the table opens its list. */
export class BoardChart extends Component {
    static template = "customer_value.BoardChart";
    static props = { chart: Object, currencyId: Number, open: Function };

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
            () => [JSON.stringify(this.props.chart), this.canvas.el]
        );
    }

    get labels() {
        const { labels, is_month: isMonth } = this.props.chart;
        return isMonth
            ? labels.map((label) => (label.includes("-") ? formatReaderMonth(label) : label))
            : labels;
    }

    /** The labels below the picture: names in lines, so that none of a few has to be left out. */
    get ticks() {
        return this.isOfNames && this.env.isSmall ? this.labels.map(breakIntoLines) : this.labels;
    }

    get isOfNames() {
        return !this.props.chart.is_month && this.labels.length <= 6;
    }

    format(value, unit) {
        return formatNumber(value, unit, this.props.currencyId);
    }

    openRow(place) {
        const { action, domains } = this.props.chart;
        this.props.open({
            ...action,
            name: `${action.name}: ${this.labels[place]}`,
            domain: domains[place],
        });
    }

    /** Only what has the unit of the first series stands on one axis; the rest is in the table. */
    get shown() {
        const { series } = this.props.chart;
        const unit = series.at(-1).unit === "money" ? "money" : series[0].unit;
        return series.filter((one) => one.unit === unit);
    }

    getDatasets() {
        return this.shown.map((series, place) => ({
            label: series.label,
            data: series.values.map((value) => (value === false ? null : value)),
            pointStyle: POINTS[place],
            spanGaps: false,
            ...(this.props.chart.type === "bar"
                ? this.getBarStyle(place)
                : this.getLineStyle(place)),
        }));
    }

    getColor(place) {
        return getColor(place, cookie.get("color_scheme"), this.shown.length);
    }

    getBarStyle(place) {
        return { backgroundColor: this.getColor(place), borderRadius: 2 };
    }

    /** Of a band, the first and the third line are its edges, with the range between them. */
    getLineStyle(place) {
        const isEdge = this.props.chart.type === "band" && place !== 1 && place !== 3;
        const isTop = isEdge && place === 2;
        const color = isEdge ? "rgba(128, 128, 128, 0.7)" : this.getColor(place);
        return {
            backgroundColor: isTop ? "rgba(128, 128, 128, 0.15)" : color,
            borderColor: color,
            borderDash: DASHES[place],
            borderWidth: 2,
            pointRadius: isEdge ? 0 : 4,
            fill: isTop ? 0 : false,
        };
    }

    getNameAxis(reverse) {
        const all = { autoSkip: false, font: { size: LABEL_SIZE } };
        const ticks = this.isOfNames && this.env.isSmall ? all : { autoSkipPadding: 8 };
        return { reverse, grid: { display: false }, ticks: { maxRotation: 0, ...ticks } };
    }

    getConfig() {
        const rtl = isRtl();
        const { currencyId } = this.props;
        const unit = this.shown[0].unit;
        return {
            type: this.props.chart.type === "bar" ? "bar" : "line",
            data: { labels: this.ticks, datasets: this.getDatasets() },
            options: {
                animation: false,
                maintainAspectRatio: false,
                onClick: (_event, points) => points.length && this.openRow(points[0].index),
                plugins: {
                    legend: {
                        display: this.shown.length > 1,
                        rtl,
                        textDirection: localization.direction,
                        labels: { usePointStyle: true },
                    },
                    tooltip: {
                        rtl,
                        textDirection: localization.direction,
                        callbacks: {
                            title: (items) => this.labels[items[0].dataIndex],
                            label: (item) =>
                                `${item.dataset.label}: ${formatNumber(item.raw, unit, currencyId)}`,
                        },
                    },
                },
                scales: {
                    x: this.getNameAxis(rtl),
                    y: {
                        position: rtl ? "right" : "left",
                        ticks: {
                            maxTicksLimit: 5,
                            callback: (value) => formatShort(value, unit, currencyId),
                        },
                    },
                },
            },
        };
    }
}
