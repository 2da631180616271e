import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { BadgeField, badgeField } from "@web/views/fields/badge/badge_field";

/** A badge that tells what it means, on hover and on tap. */
export class MeaningBadgeField extends BadgeField {
    static template = "customer_value.MeaningBadgeField";

    get meaning() {
        return this.props.record.data[`${this.props.name}_meaning`] || undefined;
    }
}

for (const [widget, name, displayName] of [
    ["customer_stage_badge", "stage", _t("Badge of a stage")],
    ["customer_class_badge", "value_class", _t("Badge of a value class")],
]) {
    registry.category("fields").add(widget, {
        ...badgeField,
        component: MeaningBadgeField,
        displayName,
        supportedTypes: ["selection"],
        fieldDependencies: [{ name: `${name}_meaning`, type: "char" }],
    });
}
