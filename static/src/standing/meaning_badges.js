import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { BadgeField, badgeField } from "@web/views/fields/badge/badge_field";
import { session } from "@web/session";

/** A badge that tells what it means, on hover and on tap. */
export class MeaningBadgeField extends BadgeField {
    static template = "customer_value.MeaningBadgeField";

    get meaning() {
        return this.props.record.data[`${this.props.name}_meaning`] || undefined;
    }
}

/**
 * The badge of a record that has no sentence of its own beside it: the sentence of the value, or
 * the words of the field named in the option ``meaning``.
 */
export class ValueBadgeField extends MeaningBadgeField {
    static props = { ...MeaningBadgeField.props, meaningField: { type: String, optional: true } };

    get meaning() {
        const { name, record, meaningField } = this.props;
        if (meaningField) {
            return new Map(record.fields[meaningField].selection).get(record.data[meaningField]);
        }
        const kind = name.replace(/^previous_/, "");
        return session.customer_meanings?.[kind]?.[record.data[name]];
    }
}

registry.category("fields").add("customer_meaning_badge", {
    ...badgeField,
    component: ValueBadgeField,
    displayName: _t("Badge that tells what it means"),
    supportedTypes: ["selection"],
    extractProps: (info) => ({
        ...badgeField.extractProps(info),
        meaningField: info.options.meaning,
    }),
});

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
