import { registry } from "@web/core/registry";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";

/** A report says on top which question it answers: the title of its graph. */
export class QuestionGraphRenderer extends GraphRenderer {
    static template = "customer_value.QuestionGraph";
}

registry.category("views").add("customer_question_graph", {
    ...graphView,
    Renderer: QuestionGraphRenderer,
});
