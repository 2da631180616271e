import { Component, onWillStart, useState } from "@odoo/owl";
import { router } from "@web/core/browser/router";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { BoardChart } from "./board_chart";
import { compare, formatNumber } from "./board_format";
import { BoardGrid } from "./board_grid";

const MODEL = "customer.board";
const YEAR = 365;
const PERIODS = [30, 90, YEAR];
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
        this.name = this.props.action.params?.board || "value";
        const { days, month, since } = this.getChosen();
        this.state = useState({ board: null, days: days || YEAR });
        this.moves = { month: month || false, since: since || false };
        this.chooseMonths = this.chooseMonths.bind(this);
        useSetupAction({ getLocalState: () => ({ days: this.state.days, ...this.moves }) });
        onWillStart(() => this.start());
    }

    /** What was chosen when the page was left: by its own trail, else by the address. */
    getChosen() {
        const { state, action } = this.props;
        const { current } = router;
        const isHere = [action.path, action.id, action.tag].includes(current.action);
        return state || (isHere ? current : {});
    }

    /** An address may be of another company, which has other months. */
    async start() {
        try {
            await this.load();
        } catch (error) {
            const { month, since } = this.moves;
            const isChosen = month || since || this.state.days !== YEAR;
            if (!(error instanceof RPCError) || !isChosen) {
                throw error;
            }
            this.moves = { month: false, since: false };
            this.state.days = YEAR;
            await this.load();
        }
    }

    async load() {
        const { days } = this.state;
        const { month, since } = this.moves;
        this.state.board = await this.orm.call(MODEL, "get_board", [this.name, days, month, since]);
        // The default stays out of the address.
        this.props.updateActionState?.({
            days: days === YEAR ? undefined : days,
            month: month || undefined,
            since: since || undefined,
        });
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
        await this.load();
    }

    /** The month ends between which moves are shown; without a start, from the one before. */
    async chooseMonths(month, since = this.moves.since) {
        this.moves = { month, since: since < month && since };
        await this.load();
    }

    /** Another board has an address of its own; it begins with its own last month. */
    chooseBoard(name) {
        return this.action.doAction(`customer_value.customer_board_action_${name}`, {
            stackPosition: "replaceCurrentAction",
            props: { state: { days: this.state.days } },
        });
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
