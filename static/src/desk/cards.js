import { registry } from "@web/core/registry";
import { SearchModel } from "@web/search/search_model";
import { kanbanView } from "@web/views/kanban/kanban_view";

/** On a phone groups would be columns beside each other, one a day or a month: they are left out. */
export class CardsSearchModel extends SearchModel {
    get groupBy() {
        return this.env.isSmall ? [] : super.groupBy;
    }
}

/** Cards made of the columns of a list (models/desk/base.py). */
registry.category("views").add("customer_cards", { ...kanbanView, SearchModel: CardsSearchModel });
