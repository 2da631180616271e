import * as spreadsheet from "@odoo/o-spreadsheet";
import "@spreadsheet/chart/odoo_menu/figure_component";
import { patch } from "@web/core/utils/patch";

// Our dashboards: the number of a tile is made in this column of their second sheet, from a pivot.
const TILES = /^cv-(value|satisfaction)-score-/;
const SHEET = "Data";
const NUMBER_COLUMN = 1;

/** The rows a tile is made of, as the filters are now; null without a pivot: of a sample. */
async function findRows(getters, chartId) {
    const { keyValue, title } = getters.getChartDefinition(chartId);
    const sheetId = getters.getSheetIdByName(SHEET);
    const row = Number(keyValue?.match(/\d+$/)?.[0]) - 1;
    const position = { sheetId, col: NUMBER_COLUMN, row };
    const pivotId = sheetId && row >= 0 && getters.getPivotIdFromPosition(position);
    if (!pivotId) {
        return null;
    }
    const pivot = getters.getPivot(pivotId);
    await pivot.load();
    const { domain, measure } = getters.getPivotCellFromPosition(position);
    return [
        pivot.definition.model,
        measure,
        pivot.getPivotCellDomain(domain),
        getters.dynamicTranslate(title.text),
    ];
}

/** A tile opens its list, which adds up to it, instead of the menu Odoo can link it with. */
patch(spreadsheet.components.ScorecardChart.prototype, {
    async navigateToOdooMenu(newWindow) {
        const { chartId } = this.props;
        const rows = TILES.test(chartId) && (await findRows(this.env.model.getters, chartId));
        if (!rows) {
            return super.navigateToOdooMenu(newWindow);
        }
        const action = await this.env.services.orm.call("customer.board", "get_list", rows);
        return this.actionService.doAction(action, { newWindow });
    },
});
