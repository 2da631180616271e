import { Component, markRaw, onWillStart, onWillUpdateProps, useRef, useState } from "@odoo/owl";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { CheckboxItem } from "@web/core/dropdown/checkbox_item";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { serializeDate, today } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { Deferred, KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";

import { writeDigits } from "../calendar/reader_number";
import { useNearby } from "./nearby";
import { groupByDay } from "./timeline_format";
import { TimelinePage } from "./timeline_page";

const TYPING_PAUSE = 300; // milliseconds
const NO_PAGE = { entries: [], has_more: false, kinds: [], channels: [] };

/** All interactions and documents of a customer that the user may read, newest first. */
export class Timeline extends Component {
    static template = "customer_value.Timeline";
    static components = { CheckboxItem, DateTimeInput, Dropdown, TimelinePage };
    static props = {
        customerId: { type: [Number, Boolean] },
        version: { type: Number, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.customerId = this.props.customerId;
        this.state = useState({
            pages: [],
            count: 0,
            hasMore: false,
            isEndless: false, // once somebody asked for more, scrolling down brings it
            isLoading: false,
            labels: markRaw({ kinds: {}, channels: {} }),
            kinds: new Set(),
            period: "all",
            dateFrom: false,
            dateTo: false,
            text: "",
        });
        this.onTextInput = useDebounced((text) => {
            this.state.text = text;
            this.reload();
        }, TYPING_PAUSE);
        useNearby(
            useRef("end"),
            (isNear) => isNear && this.state.isEndless && this.loadMore(),
            () => [this.state.count]
        );
        onWillStart(() => this.reload());
        onWillUpdateProps((next) => {
            const { customerId, version } = this.props;
            if (next.customerId !== customerId || next.version !== version) {
                this.customerId = next.customerId;
                return this.reload();
            }
        });
    }

    get periods() {
        return [
            ["all", _t("All time")],
            ["7", _t("Last 7 days")],
            ["30", _t("Last 30 days")],
            ["90", _t("Last 90 days")],
            ["365", _t("Last 365 days")],
            ["custom", _t("From … to …")],
        ];
    }

    get countText() {
        const { count } = this.state;
        return count === 1 ? _t("1 entry shown") : _t("%s entries shown", writeDigits(count));
    }

    get kindsText() {
        const count = this.state.kinds.size;
        if (!count) {
            return _t("All kinds");
        }
        return count === 1 ? _t("1 kind") : _t("%s kinds", writeDigits(count));
    }

    get isFiltered() {
        return Boolean(this.state.kinds.size || this.state.text || this.state.period !== "all");
    }

    get filters() {
        const { kinds, period, dateFrom, dateTo, text } = this.state;
        const filters = { kinds: [...kinds], text };
        if (period === "custom") {
            filters.date_from = dateFrom && serializeDate(dateFrom);
            filters.date_to = dateTo && serializeDate(dateTo);
        } else if (period !== "all") {
            filters.date_from = serializeDate(today().minus({ days: Number(period) }));
        }
        return filters;
    }

    async fetchPage(before) {
        this.state.isLoading = true;
        try {
            const filters = { ...this.filters, before };
            return await this.keepLast.add(
                this.customerId
                    ? this.orm.call("customer.timeline", "get_timeline", [this.customerId], filters)
                    : Promise.resolve(NO_PAGE)
            );
        } finally {
            this.state.isLoading = false;
        }
    }

    /** Start anew; whoever did so before waits for the last answer too: only that one is shown. */
    reload() {
        const shown = (this.shown ||= new Deferred());
        this.load()
            .then(shown.resolve, shown.reject)
            .finally(() => (this.shown = null));
        return shown;
    }

    async load() {
        const page = await this.fetchPage(false);
        this.state.labels = markRaw({
            kinds: Object.fromEntries(page.kinds),
            channels: Object.fromEntries(page.channels),
        });
        this.state.count = 0;
        this.state.isEndless = false;
        this.show([], page);
    }

    async loadMore() {
        if (this.state.isLoading || !this.state.hasMore) {
            return;
        }
        this.state.isEndless = true;
        const { date, id } = this.state.pages.at(-1).days.at(-1).entries.at(-1);
        const page = await this.fetchPage({ date, id });
        this.show(this.state.pages, page);
    }

    show(pages, { entries, has_more: hasMore }) {
        const days = groupByDay(entries, pages.at(-1)?.days.at(-1).key);
        const added = days.length ? [{ key: entries[0].id, days }] : [];
        this.state.pages = markRaw([...pages, ...added]);
        this.state.count += entries.length;
        this.state.hasMore = hasMore;
    }

    toggleKind(kind) {
        const { kinds } = this.state;
        kinds.has(kind) ? kinds.delete(kind) : kinds.add(kind);
        this.reload();
    }

    clearKinds() {
        this.state.kinds.clear();
        this.reload();
    }

    setPeriod(period) {
        this.state.period = period;
        this.reload();
    }

    setDate(name, date) {
        this.state[name] = date;
        this.reload();
    }
}
