import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { BadgeField, badgeField } from "@web/views/fields/badge/badge_field";

/**
 * The badge of a segment tells what it means; while the customers of the company are being
 * compared anew it says so, instead of what may be wrong.
 */
export class SegmentBadgeField extends BadgeField {
    static template = "customer_value.SegmentBadgeField";

    get isComputing() {
        return this.props.record.data.is_computing;
    }

    get title() {
        return this.props.record.data.segment_sentence || undefined;
    }
}

registry.category("fields").add("customer_segment_badge", {
    ...badgeField,
    component: SegmentBadgeField,
    displayName: _t("Badge of a segment"),
    supportedTypes: ["selection"],
    fieldDependencies: [
        { name: "is_computing", type: "boolean" },
        { name: "segment_sentence", type: "char" },
    ],
});
