import { graphView } from "@web/views/graph/graph_view";
import { pivotView } from "@web/views/pivot/pivot_view";
import { QuestionGraphRenderer } from "@customer_value/board/lazy/question_graph";
import { addStandingView } from "@customer_value/standing/standing_views";

// Odoo loads graph and pivot when one is opened first: a file of the first bundle may not name them.
addStandingView("graph", { ...graphView, Renderer: QuestionGraphRenderer });
addStandingView("pivot", pivotView);
