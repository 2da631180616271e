import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { BoardChart } from "./board_chart";
import { compare, formatNumber } from "./board_format";
import { BoardGrid } from "./board_grid";

const MODEL = "customer.board";
const PERIODS = [30, 90, 365];
const FIRST_STEPS_MENU = "customer_value.customer_value_menu_first_steps";

/** A board: its question, tiles that open their lists, pictures first and tables behind. */
export class BoardPage extends Component {
    static template = "customer_value.BoardPage";
    static components = { BoardChart, BoardGrid, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.menus = useService("menu");
        this.display = { controlPanel: {} };
        this.open = (action) => this.action.doAction(action);
        const { state, action } = this.props;
        this.name = state?.board || action.params?.board || "value";
        this.state = useState({ board: null, days: state?.days || 365 });
        this.month = state?.month || false;
        this.chooseMonth = this.chooseMonth.bind(this);
        onWillStart(() => this.load(this.name));
    }

    async load(name) {
        const { days } = this.state;
        this.state.board = await this.orm.call(MODEL, "get_board", [name, days, this.month]);
        this.name = name;
        this.props.updateActionState?.({ board: name, days, month: this.month });
    }

    get periods() {
        // The digits of the labels beside it.
        return PERIODS.map((days) => [days, _t("Last %s days", days.toLocaleString(user.lang))]);
    }

    /** First steps are for who finds them in the menu. */
    get hasFirstSteps() {
        return this.menus.getAll().some((menu) => menu.xmlid === FIRST_STEPS_MENU);
    }

    async choosePeriod(days) {
        this.state.days = Number(days);
        await this.load(this.name);
    }

    async chooseMonth(month) {
        this.month = month;
        await this.load(this.name);
    }

    /** Another board begins with its own last month. */
    async chooseBoard(name) {
        this.month = false;
        await this.load(name);
    }

    format(tile) {
        return formatNumber(tile.value, tile.unit, this.state.board.currency_id);
    }

    compare(tile) {
        return compare(tile, this.state.board.currency_id);
    }

    getVerdictClass(verdict) {
        return (
            { better: "text-success-emphasis", worse: "text-danger-emphasis" }[verdict] ||
            "text-muted"
        );
    }

    getVerdictText(verdict) {
        return { better: _t("Better"), worse: _t("Worse") }[verdict] || "";
    }
}

registry.category("actions").add("customer_value_board", BoardPage);
