/**
 * Walks from screen to screen of the web client, and tells what stands on each, or on a public page.
 *
 * Put into a page together with axe-core by tests/desk/screens.py; needs nothing of the tests.
 */
window.customerValueWalk = (() => {
    // Pages for customers may be without any script of Odoo's.
    const rpcBus = window.odoo?.loader?.modules.get("@web/core/network/rpc")?.rpcBus;
    const ATTRIBUTES = ["aria-label", "title", "placeholder", "data-tooltip", "alt"];
    // Half faded in, every text is too pale.
    const still = document.createElement("style");
    still.textContent = "* { transition: none !important; animation: none !important; }";
    document.head.append(still);
    let waiting = 0;
    rpcBus?.addEventListener("RPC:REQUEST", () => waiting++);
    rpcBus?.addEventListener("RPC:RESPONSE", () => waiting--);
    const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

    /** Wait until no answer of the server is awaited any more and all is drawn. */
    async function settle() {
        for (let calm = 0, waited = 0; calm < 4; waited++) {
            if (waited > 600) {
                throw new Error("never at rest");
            }
            await sleep(25);
            calm = waiting > 0 ? 0 : calm + 1;
        }
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
    }

    const services = () => odoo.__WOWL_DEBUG__.root.env.services;

    function place() {
        return document.querySelector(".o_dialog .modal") || document.querySelector(".o_action_manager");
    }

    async function open(action, options = {}) {
        services().dialog.closeAll();
        await services().action.doAction(action, { clearBreadcrumbs: true, ...options });
        await settle();
        const error = document.querySelector(".o_error_dialog");
        if (error) {
            throw new Error(error.innerText);
        }
        return document.querySelector(".o_view_controller")?.className || "";
    }

    function isVisible(element) {
        return element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    }

    /** Where an element stands: the classes and names around it. */
    function path(element) {
        const names = [];
        for (let el = element; el && names.length < 7; el = el.parentElement) {
            const name = el.getAttribute("name");
            names.unshift(el.tagName.toLowerCase() + (name ? `[${name}]` : "") +
                [...el.classList].filter((c) => c.startsWith("o_")).map((c) => "." + c).join(""));
        }
        return names.join(" > ");
    }

    /** All that can be read or heard: [text, where]. */
    function texts(root = place()) {
        const found = [];
        const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const text = node.nodeValue.trim();
            const parent = node.parentElement;
            if (text && !["SCRIPT", "STYLE"].includes(parent.tagName) && isVisible(parent)) {
                found.push([text, path(parent)]);
            }
        }
        for (const element of root.querySelectorAll(ATTRIBUTES.map((a) => `[${a}]`).join())) {
            for (const attribute of ATTRIBUTES) {
                const text = element.getAttribute(attribute)?.trim();
                if (text && isVisible(element)) {
                    found.push([text, `${path(element)} @${attribute}`]);
                }
            }
        }
        for (const input of root.querySelectorAll("input[type=text], textarea")) {
            if (input.value.trim() && isVisible(input)) {
                found.push([input.value.trim(), `${path(input)} @value`]);
            }
        }
        return found;
    }

    /** Serious and critical findings of axe: [rule, html, where]. */
    async function barriers(root = place()) {
        const result = await axe.run(root, { resultTypes: ["violations"], preload: false });
        const found = [];
        for (const { id, impact, nodes } of result.violations) {
            if (["serious", "critical"].includes(impact)) {
                for (const { target, html, any } of nodes) {
                    const element = document.querySelector(target[0]);
                    found.push([id, html.slice(0, 300), element ? path(element) : target.join(" "),
                        any.map((check) => check.message).join(" ").slice(0, 200)]);
                }
            }
        }
        return found;
    }

    /** Names of columns that are cut off: [text, needed, room]. */
    function cutHeaders() {
        const found = [];
        for (const header of document.querySelectorAll(".o_list_table thead th[data-name]")) {
            const label = header.querySelector("span.text-truncate");
            const isOneLine = label && getComputedStyle(label).whiteSpace === "nowrap";
            // A long word may reach into the room of the sign for sorting.
            const room = isOneLine ? label.clientWidth : header.clientWidth - 6;
            if (label && label.scrollWidth > room + 1) {
                found.push([label.innerText, label.scrollWidth, room]);
            }
        }
        return found;
    }

    return { barriers, cutHeaders, open, services, settle, texts };
})();
