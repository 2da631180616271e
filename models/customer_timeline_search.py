from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

RELATIONS = ("customer_id", "partner_id")
LITERAL_OPERATORS = ("=", "in", "!=", "not in")
# PostgreSQL looks each contact up in every branch; more of them are a report on everybody.
CONTACT_LIMIT = 1000


class CustomerTimeline(models.Model):
    """Searching: always for some customers or a period, and with the user's own rights."""

    _inherit = "customer.timeline"

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Refuse to read everything of everybody.

        :raise UserError: when the domain restricts neither customer or contact nor date
        """
        terms = [self._resolve_timeline_contacts(term) for term in Domain(domain)]
        if not _is_restricted(terms):
            raise UserError(
                self.env._(
                    "The timeline of all customers over all time is too long to search: choose "
                    "a customer, a contact or a start date."
                )
            )
        # On records, the table query looks at their documents only.
        timeline = self.browse(_get_ids(terms))
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
        found = partners.search(contacts, limit=CONTACT_LIMIT + 1)
        if len(found) > CONTACT_LIMIT:
            raise UserError(
                self.env._(
                    "More than %(limit)s contacts fit: say more exactly whose timeline you want.",
                    limit=CONTACT_LIMIT,
                )
            )
        return (name, "in", found.ids)


def _is_restricted(terms):
    """Tell whether a domain in prefix notation names customers or a start date."""
    stack = []
    for term in reversed(terms):
        if term == "&":
            stack.append(stack.pop() | stack.pop())
        elif term == "|":
            stack.append(stack.pop() & stack.pop())
        elif term == "!":
            stack[-1] = False
        else:
            stack.append(_is_restricting(*term))
    return any(stack)


def _is_restricting(name, operator, value):
    if name in (*RELATIONS, "id"):
        values = list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value]
        is_literal = all(isinstance(item, int) and item for item in values)
        return operator in ("=", "in") and is_literal
    return name == "date" and operator in ("=", ">", ">=") and bool(value)


def _get_ids(terms):
    """Return the ids a domain restricts the rows to, empty if it does not."""
    if {"|", "!"} & {term for term in terms if isinstance(term, str)}:
        return []
    for term in terms:
        if not isinstance(term, str) and term[0] == "id" and term[1] in ("=", "in"):
            return [term[2]] if isinstance(term[2], int) else list(term[2])
    return []
