import { closestScrollableY } from "@web/core/utils/scrolling";

// The test makes as many entries; see tests/test_timeline_scroll.py.
const ENTRIES = 10000;
const PAGE = 80;
const PAGES = Math.ceil(ENTRIES / PAGE);
// Three or four pages of thirteen elements a row, and one element for every page far away.
const MOST_PAGES = 5;
const MOST_ELEMENTS = MOST_PAGES * PAGE * 20 + PAGES;
const MOST_TASK = 2000; // milliseconds; what is usual stands in docs/timeline.md
const STEP = 120; // pixels a frame: some 200 entries a second
const SMOOTH_FRAMES = 400;

function nextFrame() {
    return new Promise((resolve) => requestAnimationFrame(resolve));
}

function check(isTrue, message) {
    if (!isTrue) {
        throw new Error(message);
    }
}

class Walk {
    constructor() {
        this.root = document.querySelector(".o_customer_timeline");
        this.scroller = closestScrollableY(this.root);
        this.seen = new Set();
        this.mostElements = 0;
        this.mostPages = 0;
        this.tasks = [];
        this.observer = new PerformanceObserver((list) => {
            this.tasks.push(...list.getEntries().map((task) => Math.round(task.duration)));
        });
        this.observer.observe({ type: "longtask" });
    }

    /** Tell how many long tasks there were since the last call, and the longest, in ms. */
    takeTasks() {
        this.tasks.push(...this.observer.takeRecords().map(({ duration }) => Math.round(duration)));
        const tasks = this.tasks.splice(0);
        return { tasks: tasks.length, longest: Math.max(0, ...tasks) };
    }

    get count() {
        return Number(this.root.querySelector("[data-count]").dataset.count);
    }

    get requests() {
        const found = performance.getEntriesByType("resource");
        return found.filter(({ name }) => name.includes("/get_timeline")).length;
    }

    look() {
        const rows = this.root.querySelectorAll("[data-entry]");
        const ids = [...rows].map((row) => row.dataset.entry);
        check(new Set(ids).size === ids.length, "An entry is there twice");
        ids.forEach((id) => this.seen.add(id));
        const pages = new Set([...rows].map((row) => row.closest(".o_customer_timeline_page")));
        this.mostPages = Math.max(this.mostPages, pages.size);
        this.mostElements = Math.max(this.mostElements, this.root.querySelectorAll("*").length);
    }

    /** Whether there are entries in the middle of the screen, not the room kept for them. */
    isDrawn() {
        const { left, width, top, height } = this.scroller.getBoundingClientRect();
        const element = document.elementFromPoint(left + width / 3, top + height / 2);
        return Boolean(element?.closest(".o_customer_timeline_day"));
    }

    static async waitFor(condition, message) {
        const end = performance.now() + 30000;
        while (!condition()) {
            check(performance.now() < end, message);
            await nextFrame();
        }
    }

    /** Go to the end again and again, as by the End key: every page comes in once. */
    async loadAll() {
        this.look();
        while (this.count < ENTRIES) {
            const { count } = this;
            this.scroller.scrollTop = this.scroller.scrollHeight;
            await Walk.waitFor(() => this.count > count, `Nothing after ${count} entries`);
            check(this.count === Math.min(count + PAGE, ENTRIES), "A page is not one page long");
            await nextFrame();
            this.look();
        }
        check(!this.root.querySelector(".o_customer_timeline_more"), "There is still more");
    }

    /** Scroll up evenly and take the time of each frame. */
    async scrollUp() {
        const frames = [];
        let empty = 0;
        let last = await nextFrame();
        for (let frame = 0; frame < SMOOTH_FRAMES; frame++) {
            this.scroller.scrollTop -= STEP;
            const now = await nextFrame();
            frames.push(now - last);
            last = now;
            empty += !this.isDrawn();
            this.look();
        }
        frames.sort((one, other) => one - other);
        const at = (share) => Math.round(frames[Math.floor((frames.length - 1) * share)]);
        return { median: at(0.5), p95: at(0.95), longest: at(1), empty };
    }

    /** Jump about: wherever one arrives, there are entries. */
    async jump() {
        for (const share of [0.5, 0.1, 0.9, 0.33, 0]) {
            this.scroller.scrollTop = Math.max(this.scroller.scrollHeight * share, 600);
            await Walk.waitFor(() => this.isDrawn(), `Nothing to see at ${share}`);
            this.look();
        }
    }
}

async function open() {
    const find = (selector) => document.querySelector(selector);
    const tab = ".o_notebook a[name=customer_timeline]";
    await Walk.waitFor(() => find(tab), "No timeline");
    find(tab).click();
    await Walk.waitFor(() => find(`.o_customer_timeline [data-count="${PAGE}"]`), "No page");
    performance.setResourceTimingBufferSize(5000);
    find(".o_customer_timeline_more").click();
    await Walk.waitFor(() => find(`.o_customer_timeline [data-count="${2 * PAGE}"]`), "No more");
}

/** Walk from the newest to the oldest entry and back. Called by tests/test_timeline_scroll.py. */
async function walkCustomerTimeline() {
    await open();
    const walk = new Walk();
    const before = walk.requests;
    const start = performance.now();
    await walk.loadAll();
    const loaded = Math.round(performance.now() - start);
    check(walk.requests - before === PAGES - 2, `${walk.requests - before} requests`);
    const loading = walk.takeTasks();
    const frames = await walk.scrollUp();
    const scrolling = walk.takeTasks();
    await walk.jump();
    const jumping = walk.takeTasks();
    const { mostElements, mostPages, seen } = walk;
    const report = { loaded, loading, frames, scrolling, jumping, mostElements, mostPages };
    console.log(`customer timeline: ${JSON.stringify(report)}`);
    check(walk.requests - before === PAGES - 2, "Scrolling back asked again");
    check(seen.size === ENTRIES, `${seen.size} entries seen`);
    check(mostPages <= MOST_PAGES, `${mostPages} pages drawn at a time`);
    check(mostElements <= MOST_ELEMENTS, `${mostElements} elements`);
    check(frames.empty < SMOOTH_FRAMES / 10, `${frames.empty} frames without entries`);
    for (const { longest } of [loading, scrolling, jumping]) {
        check(longest < MOST_TASK, `A task of ${longest} ms`);
    }
    console.log("test successful");
}

window.walkCustomerTimeline = walkCustomerTimeline;
