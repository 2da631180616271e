import { registry } from "@web/core/registry";
import { GraphModel } from "@web/views/graph/graph_model";
import { graphView } from "@web/views/graph/graph_view";
import { QuestionGraphRenderer } from "./question_graph";

const EXPECTED = "expected_amount";
const CAME = "actual_amount";

/** What was expected has what came beside it; any other measure is shown alone, as in any graph. */
export class ComparedGraphModel extends GraphModel {
    async _loadDataPoints(metaData) {
        if (metaData.measure !== EXPECTED) {
            return super._loadDataPoints(metaData);
        }
        const [expected, currencies] = await this._loadSeries(metaData, EXPECTED);
        const [came] = await this._loadSeries(metaData, CAME);
        return [[...expected, ...came], currencies];
    }

    async _loadSeries(metaData, measure) {
        const asked = { ...metaData, measure };
        const [points, currencies] = await super._loadDataPoints(asked);
        metaData.allIntegers &&= asked.allIntegers;
        const label = metaData.fields[measure].string;
        for (const point of points) {
            point.labels = [...point.labels, label];
            point.identifier = `${point.identifier} ${measure}`;
        }
        return [points, currencies];
    }
}

registry.category("views").add("customer_compared_graph", {
    ...graphView,
    Model: ComparedGraphModel,
    Renderer: QuestionGraphRenderer,
});
