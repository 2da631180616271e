/**
 * Where a thumb or a mouse has to go, and what does not fit on the screen.
 *
 * Python presses (tests/desk/hands.py): a button that is hidden, covered or off the screen is not
 * found here, as little as a person would find it. Needs tests/desk/walk.js.
 */
window.customerValueHands = (() => {
    const { settle } = window.customerValueWalk;
    const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
    const OPENED = ".o_action_manager > :not(.o_control_panel), .o_dialog";
    const CLOSE = ".o_notification .o_notification_close";
    // What still moves is not pressed: the finger would come down on its neighbour.
    const STILL = 100;
    const seen = (element) =>
        element.checkVisibility({ opacityProperty: true, visibilityProperty: true });

    function describe(element) {
        const name = element.getAttribute("name");
        return `${element.tagName.toLowerCase()}${name ? `[name=${name}]` : ""}.${[...element.classList].join(".")}`;
    }

    function findAll(selector, holding = "") {
        return [...document.querySelectorAll(selector)].filter(
            (element) =>
                seen(element) && (element.innerText || element.value || "").includes(holding)
        );
    }

    function getCenter(element) {
        const box = element.getClientRects()[0] || element.getBoundingClientRect();
        const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
        const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
        if (element.matches(".o_kanban_record") && bottom - top > 30) {
            // At its title: there are buttons in the middle of some cards.
            const isRtl = getComputedStyle(element).direction === "rtl";
            return [isRtl ? right - 24 : left + 24, top + 18];
        }
        return right - left > 1 && bottom - top > 1 && [(left + right) / 2, (top + bottom) / 2];
    }

    /** Say what keeps somebody from pressing an element, or nothing. */
    function getHindrance(element, center) {
        if (!center) {
            return "off the screen";
        }
        if (element.disabled) {
            return "disabled";
        }
        const hit = document.elementFromPoint(...center);
        if (hit?.closest(".o_notification")) {
            return "notification";
        }
        const isMet = element.contains(hit) || hit?.closest("label")?.control === element;
        return isMet ? "" : `under ${hit && describe(hit)}`;
    }

    // A tap becomes a click a moment later: nothing is at rest before.
    let clicked = Promise.resolve();
    function awaitClick() {
        clicked = new Promise((resolve) => {
            window.addEventListener("click", resolve, { capture: true, once: true });
            setTimeout(resolve, 800);
        });
    }

    async function standsStill(selector, holding, element, center) {
        await sleep(STILL);
        const [found] = findAll(selector, holding);
        return found === element && String(getCenter(element)) === String(center);
    }

    /**
     * Bring an element into view; return the point to press, or say what is in the way.
     *
     * A message that lies above it has to be closed first: then that is to be pressed (true).
     */
    async function aim(selector, holding = "", seconds = 10) {
        let problem = "not there";
        for (const end = Date.now() + 1000 * seconds; Date.now() < end; ) {
            const element = findAll(selector, holding)[0];
            if (element) {
                let center = getCenter(element);
                problem = getHindrance(element, center);
                if (problem) {
                    element.scrollIntoView({ block: "center", inline: "nearest" });
                    await new Promise((resolve) => requestAnimationFrame(resolve));
                    center = getCenter(element);
                    problem = getHindrance(element, center);
                }
                const message = problem === "notification" && document.querySelector(CLOSE);
                if (!problem && !(await standsStill(selector, holding, element, center))) {
                    problem = "moving";
                    continue;
                }
                if (!problem || message) {
                    awaitClick();
                    return [...(message ? getCenter(message) : center), !!message];
                }
            }
            await sleep(40);
        }
        throw new Error(`${selector} ${holding}: ${problem}`);
    }

    /** Wait until something can be seen; return its text. */
    async function see(selector, holding = "", seconds = 10) {
        for (const end = Date.now() + 1000 * seconds; Date.now() < end; ) {
            const element = findAll(selector, holding)[0];
            if (element) {
                return element.innerText || element.value || " ";
            }
            await sleep(40);
        }
        throw new Error(`${selector} ${holding}: not seen`);
    }

    async function miss(selector, holding = "", seconds = 10) {
        for (const end = Date.now() + 1000 * seconds; findAll(selector, holding).length; ) {
            if (Date.now() > end) {
                throw new Error(`${selector} ${holding}: still there`);
            }
            await sleep(40);
        }
    }

    /** Close the messages that can be closed, and wait until none is left. */
    async function dismiss() {
        for (const button of document.querySelectorAll(CLOSE)) {
            button.click();
        }
        await miss(".o_notification", "", 20);
    }

    /** Wait until all is at rest; return what went wrong, if anything did. */
    async function rest() {
        await clicked;
        for (let waited = 0; waited < 200 && !document.querySelector(OPENED); waited++) {
            await sleep(25);
        }
        await settle();
        const wrong = document.querySelector(
            ".o_error_dialog, .o_notification:has(.o_notification_bar.bg-danger)"
        );
        return wrong ? wrong.innerText || describe(wrong) : "";
    }

    /** Let the next text replace what is in a field. */
    function mark(selector) {
        const input = findAll(selector)[0];
        if (document.activeElement !== input) {
            input.focus();
        }
        input.select?.();
    }

    const PAGES =
        "html, body, .o_action_manager, .o_action, .o_content, .o_form_view, .o_form_sheet_bg, " +
        ".o_form_sheet, .modal-body, .modal-footer, .o_control_panel, .o_form_statusbar";
    const scrolls = (element) =>
        !element.matches(PAGES) &&
        ["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(element).overflowX);

    /** What one would have to scroll a page sideways for: the page, and the parts that stick out. */
    function cut() {
        const found = [];
        for (const page of document.querySelectorAll(PAGES)) {
            const isStill = ["hidden", "clip"].includes(getComputedStyle(page).overflowX);
            if (seen(page) && !isStill && page.scrollWidth > page.clientWidth + 1) {
                found.push(`${describe(page)} is ${page.scrollWidth} wide, shows ${page.clientWidth}`);
            }
        }
        const place =
            document.querySelector(".o_dialog .modal") || document.querySelector(".o_action_manager");
        const width = document.documentElement.clientWidth;
        for (const element of place.querySelectorAll("*")) {
            const box = element.getBoundingClientRect();
            if (box.width && (box.right > width + 1 || box.left < -1) && seen(element)) {
                let parent = element.parentElement;
                while (parent !== place.parentElement && !scrolls(parent)) {
                    parent = parent.parentElement;
                }
                if (parent === place.parentElement) {
                    found.push(`${describe(element)} reaches from ${box.left} to ${box.right}`);
                }
            }
        }
        return found.slice(0, 8);
    }

    const visible = (selector, holding = "") => findAll(selector, holding).length > 0;

    /** What stands in all that can be seen of a kind. */
    const texts = (selector) =>
        findAll(selector).map((element) => (element.innerText || element.value || "").trim());

    return { aim, cut, dismiss, mark, miss, rest, see, texts, visible };
})();
