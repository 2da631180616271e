import { useEffect } from "@odoo/owl";
import { closestScrollableY } from "@web/core/utils/scrolling";

// As far beyond the edges as the scrolled area is high: there is time to draw before it is seen.
const MARGIN = "100% 0px";

/**
 * Tell whenever an element comes near to what is visible, or moves away.
 *
 * @param {{ el: HTMLElement | null }} ref
 * @param {(isNear: boolean, height: number) => void} onChange height in pixels
 * @param {() => any[]} [getDependencies] asked anew when one of these changes
 */
export function useNearby(ref, onChange, getDependencies = () => []) {
    useEffect(
        (el) => {
            if (!el) {
                return;
            }
            const observer = new IntersectionObserver(
                (changes) => {
                    const { isIntersecting, boundingClientRect } = changes.at(-1);
                    onChange(isIntersecting, boundingClientRect.height);
                },
                { root: closestScrollableY(el.parentElement), rootMargin: MARGIN }
            );
            observer.observe(el);
            return () => observer.disconnect();
        },
        () => [ref.el, ...getDependencies()]
    );
}
