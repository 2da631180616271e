from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import OrderedSet

RELATIONS = ("customer_id", "partner_id")
LITERAL_OPERATORS = ("=", "in", "!=", "not in")
# PostgreSQL looks each contact up in every branch; more of them are a report on everybody.
MAX_CONTACTS = 1000


class CustomerTimeline(models.Model):
    """Searching: always for some customers or a period, and with the user's own rights."""

    _inherit = "customer.timeline"

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Refuse to read everything of everybody.

        :raise UserError: when the domain restricts neither customer or contact nor date
        """
        terms = [self._resolve_timeline_contacts(term) for term in Domain(domain)]
        tree = _parse(terms)
        if not _is_restricted(tree):
            raise UserError(
                self.env._(
                    "The timeline of all customers over all time is too long to search: choose "
                    "a customer, a contact or a start date."
                )
            )
        # The table query looks at the documents of these records and this customer only.
        customers = _get_values(tree, "customer_id")
        timeline = self.browse(_get_values(tree, "id")).with_context(
            timeline_customer=customers[0] if len(customers) == 1 else False
        )
        return super(CustomerTimeline, timeline)._search(Domain(terms), *args, **kwargs)

    def _check_access(self, operation):
        """Find forbidden rows as the user: the standard way would read them as superuser."""
        result = super(CustomerTimeline, self.browse())._check_access(operation)
        if result or not any(self._ids):
            return result and (self, result[1])
        query = self._as_query(ordered=False)
        visible = {row[0] for row in self.env.execute_query(query.select())}
        forbidden = self.filtered(lambda row: row.id not in visible)
        if not forbidden:
            return None
        message = self.env._(
            "You may not read these timeline entries, or their documents no longer exist: "
            "reload the page."
        )
        return forbidden, lambda: AccessError(message)

    @api.model
    def _resolve_timeline_contacts(self, term):
        """Replace a condition on contacts by their ids, which PostgreSQL takes into all branches.

        :raise UserError: when it holds for too many contacts
        """
        if not isinstance(term, (list, tuple)):
            return term
        path, operator, value = term
        if not isinstance(path, str):  # (1, "=", 1)
            return term
        name, _dot, rest = path.partition(".")
        if name not in RELATIONS or (not rest and operator in LITERAL_OPERATORS):
            return term
        if rest:
            contacts = Domain(rest, operator, value)
        elif operator in ("any", "any!"):
            contacts = Domain(value)
        elif operator in ("child_of", "parent_of"):
            contacts = Domain("id", operator, value)
        else:
            contacts = Domain("display_name", operator, value)
        partners = self.env["res.partner"].with_context(active_test=False)
        found = partners.search(contacts, limit=MAX_CONTACTS + 1)
        if len(found) > MAX_CONTACTS:
            raise UserError(
                self.env._(
                    "More than %(limit)s contacts fit: say more exactly whose timeline you want.",
                    limit=MAX_CONTACTS,
                )
            )
        return (name, "in", found.ids)


def _parse(terms):
    """Return a domain in prefix notation as a tree: (operator, *branches) or a condition."""
    stack = []
    for term in reversed(terms):
        if term in ("&", "|"):
            stack.append((term, stack.pop(), stack.pop()))
        elif term == "!":
            stack.append((term, stack.pop()))
        else:
            stack.append(term)
    return ("&", *stack)


def _is_restricted(tree):
    """Tell whether a domain names customers or a start date."""
    if tree[0] == "&":
        return any(_is_restricted(branch) for branch in tree[1:])
    if tree[0] == "|":
        return all(_is_restricted(branch) for branch in tree[1:])
    return tree[0] != "!" and _is_restricting(*tree)


def _is_restricting(name, operator, value):
    if name in (*RELATIONS, "id"):
        return operator in ("=", "in") and all(_get_list(value))
    return name == "date" and operator in ("=", ">", ">=") and bool(value)


def _get_list(value):
    """Return ids as a list; what is no id as ``False``."""
    values = value if isinstance(value, (list, tuple, set, frozenset, OrderedSet)) else [value]
    return [isinstance(item, int) and item for item in values]


def _get_values(tree, name):
    """Return the ids a field is restricted to, empty if it is not."""
    if tree[0] == "&":
        return next(filter(None, (_get_values(branch, name) for branch in tree[1:])), [])
    if tree[0] == name and _is_restricting(*tree):
        return _get_list(tree[2])
    return []
