import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { writeDigits } from "../calendar/reader_number";
import { formatReaderMonth } from "../calendar/reader_calendar";
import { formatNumber, formatShort } from "./board_format";

/** Rows and columns of numbers, deeper where there is more; a cell opens its list. */
export class BoardGrid extends Component {
    static template = "customer_value.BoardGrid";
    static props = {
        grid: Object,
        currencyId: Number,
        open: Function,
        chooseMonths: { type: Function, optional: true },
    };

    setup() {
        this.state = useState({ mode: 0 });
    }

    get mode() {
        return this.props.grid.modes[this.state.mode];
    }

    get rows() {
        const { rows, is_month: isMonth } = this.props.grid;
        return isMonth ? rows.map((row) => formatReaderMonth(row)) : rows;
    }

    /** The month ends whose moves can be shown, the last one first. */
    get months() {
        return this.nameMonths(this.props.grid.months);
    }

    /** The month ends from which they can be shown. */
    get starts() {
        return this.nameMonths(this.props.grid.starts);
    }

    nameMonths(months = []) {
        return months.map(([day, month]) => [day, formatReaderMonth(month, { isLong: true })]);
    }

    get isEmpty() {
        return !this.props.grid.cells.flat().some(Boolean);
    }

    get most() {
        const values = this.props.grid.cells
            .flat()
            .filter((cell) => cell && !cell.is_total)
            .map((cell) => cell.values[this.state.mode] || 0);
        return Math.max(0, ...values);
    }

    getValue(cell) {
        return cell.values[this.state.mode];
    }

    getText(cell) {
        return formatShort(this.getValue(cell), this.mode.unit, this.props.currencyId);
    }

    getStyle(cell) {
        if (cell.is_total) {
            return "";
        }
        const share = this.most ? Math.max(0, this.getValue(cell) || 0) / this.most : 0;
        return `--o-customer-board-depth: ${Math.round(share * 45)}%`;
    }

    getLabel(row, column, cell) {
        return writeDigits(
            _t("%(row)s, %(column)s: %(value)s %(what)s", {
                row: this.rows[row],
                column: this.props.grid.columns[column],
                value: formatNumber(this.getValue(cell), this.mode.unit, this.props.currencyId),
                what: this.mode.label,
            })
        );
    }

    openCell(row, column, cell) {
        const { action } = this.props.grid;
        const { columns } = this.props.grid;
        this.props.open({
            ...action,
            name: `${action.name}: ${this.rows[row]} – ${columns[column]}`,
            domain: [...action.domain, ...cell.domain],
        });
    }
}
