import { animationFrame, Deferred } from "@odoo/hoot";
import { Component, useState, xml } from "@odoo/owl";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    defineParams,
    makeMockEnv,
    mockService,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
    serverState,
} from "@web/../tests/web_test_helpers";

/** What all our tests need: the models that the modules we build on ask for. */
export function defineCustomerValueModels() {
    return defineMailModels();
}

/** The web client of somebody who reads Persian; before anything is mounted. */
export async function makePersianEnv() {
    serverState.lang = "fa_IR";
    defineParams({
        lang_parameters: {
            date_format: "%Y/%m/%d",
            decimal_point: "٫",
            direction: "rtl",
            thousands_sep: "٬",
        },
    });
    return makeMockEnv();
}

/**
 * Mount a component whose props a test can change.
 *
 * @returns {Promise<Object>} the props: assign to them to change them
 */
export async function mountWithProps(ComponentClass, props) {
    class Parent extends Component {
        static components = { ComponentClass };
        static props = [];
        static template = xml`<ComponentClass t-props="state"/>`;

        setup() {
            this.state = useState(props);
        }
    }
    return (await mountWithCleanup(Parent)).state;
}

/**
 * Answer the calls of a method one by one, when the test wants it.
 *
 * @returns {{ args: any[], kwargs: Object, answer: (result: any) => Promise<void> }[]} the calls
 */
export function holdCalls(model, method) {
    const calls = [];
    onRpc(model, method, ({ args, kwargs }) => {
        const answered = new Deferred();
        calls.push({
            args,
            kwargs,
            async answer(result) {
                answered.resolve(result);
                await animationFrame();
            },
        });
        return answered;
    });
    return calls;
}

/** Collect the actions that are asked for, instead of doing them. */
export function collectActions() {
    const actions = [];
    mockService("action", {
        doAction(action) {
            actions.push(action);
        },
    });
    return actions;
}

/** Let the test say what comes near to what is visible, instead of the browser. */
export function mockNearby() {
    const observers = new Set();
    class Observer {
        constructor(callback) {
            this.callback = callback;
        }

        observe(el) {
            this.el = el;
            observers.add(this);
        }

        disconnect() {
            observers.delete(this);
        }
    }
    patchWithCleanup(window, { IntersectionObserver: Observer });
    return async function move(el, isIntersecting, height = 0) {
        const watching = [...observers].filter((observer) => observer.el === el);
        if (!watching.length) {
            throw new Error("Nobody watches this element");
        }
        for (const { callback } of watching) {
            callback([{ isIntersecting, boundingClientRect: { height } }]);
        }
        await animationFrame();
    };
}
