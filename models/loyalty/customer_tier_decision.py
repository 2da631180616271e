import itertools
import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CustomerTier(models.Model):
    """Deciding about benefits: what is given, what is left alone, what is taken back."""

    _inherit = "customer.tier"

    # === DECIDING ===

    @api.model
    def _decide(self, company, wanted, today):
        """Decide about all benefits of some customers, write them and the journal.

        :param dict wanted: partner id -> benefit -> (tier id, value)
        """
        grants = self.env["customer.benefit.grant"].sudo()
        domain = self._get_held_domain(company)
        grants = grants.search([*domain, ("partner_id", "in", list(wanted))])
        known = {(grant.partner_id.id, grant.kind): grant for grant in grants}
        state = self._read_benefit_state(company, list(wanted))
        writes, rows, ended, told = {}, [], {}, {}
        for partner, kind in itertools.product(wanted, self._get_benefit_kinds()):
            grant = known.get((partner, kind), grants.browse())
            tier, value = wanted[partner].get(kind, (False, None))
            if (grant.new_value or None) == value:
                continue
            found = state.get(partner, {}).get(kind)
            base, end, conflict = self._leave(grant, kind, found)
            if grant:
                ended.setdefault(end, []).append(grant.id)
            reason = self._find_obstacle(kind, value, base, conflict) if value else None
            is_given = value is not None and reason is None
            if value is not None:
                vals = {"partner_id": partner, "company_id": company.id, "kind": kind}
                vals |= {"tier_id": tier, "date": today, "new_value": value}
                vals |= {"state": "granted" if is_given else "held", "reason": reason or "tier"}
                rows.append(vals | {"old_value": _pack(base and base["own"])})
            final = value if is_given else base and base["own"]
            if found and found["is_customer"] and final != found["own"]:
                writes.setdefault(kind, {})[partner] = final
            if (reason or end) in ("changed", "partnership") and grant.reason != reason:
                told.setdefault(partner, []).append(kind)
        self._write_benefits(company, writes)
        for reason, ids in ended.items():
            grants.browse(ids).write({"state": "ended", "end_date": today, "reason": reason})
        grants.flush_model()  # the rows that end, before those that begin
        grants.create(rows)
        self._tell_conflicts(told)

    @api.model
    def _leave(self, grant, kind, found):
        """Return what the customer has without our benefit, why ours ends, what stands against.

        :param found: see :meth:`_read_benefit_state`
        :return: (state, reason of the end, reason to hold the next one or ``None``)
        """
        if not found or not found["is_customer"]:
            return found, "moved", "moved"
        conflict = "partnership" if found["is_graded"] else None
        if grant.state == "granted":
            if conflict or found["value"] != grant.new_value:
                return found, conflict or "changed", conflict or "changed"
            own = self._get_living_value(kind, _unpack(grant.old_value))
            value = found["fallback"] if own is None else own
            return found | {"own": own, "value": value}, "tier", None
        if grant.reason == "by_hand":
            return found, "tier", "by_hand"
        if grant.reason in ("changed", "partnership") and not conflict:
            is_empty = found["value"] == found["fallback"]
            return found, "tier", None if is_empty else "changed"
        return found, "tier", conflict

    @api.model
    def _find_obstacle(self, kind, value, base, conflict):
        """Return why a benefit is not given, else ``None``."""
        if conflict:
            return conflict
        if base["value"] == value:
            return "same"
        if kind == "credit_limit":
            is_unlimited = not base["value"] and base["fallback"]
            if is_unlimited or base["value"] > value:
                return "better"
        return None

    @api.model
    def _tell_conflicts(self, told):
        """Say on each customer which benefits were left alone, in one query for all."""
        labels = dict(self._get_benefit_labels())
        bodies = {
            partner: self.env._(
                "%s: set by somebody else, so the loyalty tier leaves it as it is.",
                ", ".join(labels[kind] for kind in kinds),
            )
            for partner, kinds in told.items()
        }
        if bodies:
            partners = self.env["res.partner"].sudo().browse(bodies)
            partners._message_log_batch(bodies)

    # === BY HAND ===

    @api.model
    def _give_by_hand(self, grant):
        company, today = grant.company_id, fields.Date.context_today(grant)
        found = self._read_benefit_state(company, grant.partner_id.ids)
        found = found[grant.partner_id.id][grant.kind]
        own = found["own"]
        vals = {"date": today, "user_id": self.env.uid, "reason": "by_hand"}
        values = grant.copy_data({**vals, "state": "granted", "old_value": _pack(own)})
        if not found["is_customer"]:
            raise UserError(
                self.env._(
                    "%(contact)s is no customer of its own any more, so nothing can be given.",
                    contact=grant.partner_id.display_name,
                )
            )
        self._end_by_hand(grant, today)
        grant.create(values)
        self._write_benefits(company, {grant.kind: {grant.partner_id.id: grant.new_value}})

    @api.model
    def _withdraw_by_hand(self, grant):
        company, today = grant.company_id, fields.Date.context_today(grant)
        found = self._read_benefit_state(company, grant.partner_id.ids)
        found = found[grant.partner_id.id][grant.kind]
        base, _end, _conflict = self._leave(grant, grant.kind, found)
        vals = {"date": today, "user_id": self.env.uid, "reason": "by_hand", "state": "held"}
        values = grant.copy_data({**vals, "old_value": _pack(base["own"])})
        self._end_by_hand(grant, today)
        grant.create(values)
        if base["own"] != found["own"]:
            self._write_benefits(company, {grant.kind: {grant.partner_id.id: base["own"]}})

    @api.model
    def _end_by_hand(self, grant, today):
        vals = {"state": "ended", "end_date": today, "user_id": self.env.uid}
        grant.write(vals | {"reason": "by_hand"})
        grant.flush_recordset()

    # === ENDING FOR OTHER REASONS ===

    @api.model
    def _release(self, reason, partner_ids=None):
        """Take back whatever is still ours: of some customers, or of everybody.

        Of a benefit that somebody changed since, only the row of the journal ends.
        """
        grants = self.env["customer.benefit.grant"].sudo()
        domain = [("state", "!=", "ended")]
        if partner_ids is not None:
            domain += [("partner_id", "in", list(partner_ids)), ("kind", "!=", "gift")]
        else:
            grants.search([*domain, ("kind", "=", "gift")])._take_gifts_back(reason)
            domain.append(("kind", "!=", "gift"))
        for company, found in grants.search(domain).grouped("company_id").items():
            today = self.env["customer.profile"]._get_today(company)
            own = found.filtered("is_inherent")
            own.write({"state": "ended", "end_date": today, "reason": reason})
            found -= own
            self._decide(company, dict.fromkeys(found.partner_id.ids, {}), today)
            found.filtered(lambda grant: grant.reason == "tier").write({"reason": reason})

    @api.model
    def _shed_benefits(self, former):
        """Take from contacts what they have from a customer they do not belong to any more.

        :param dict former: contact id -> id of the customer whose benefits it carries
        """
        grants = self.env["customer.benefit.grant"].sudo()
        domain = [("partner_id", "in", list(former.values())), ("state", "=", "granted")]
        domain.append(("kind", "!=", "gift"))
        for company, found in grants.search(domain).grouped("company_id").items():
            given = {(grant.partner_id.id, grant.kind): grant for grant in found}
            writes = {}
            for contact, kinds in self._read_benefit_state(company, list(former)).items():
                for kind, now in kinds.items():
                    grant = given.get((former[contact], kind))
                    if grant and now["is_customer"] and now["value"] == grant.new_value:
                        writes.setdefault(kind, {})[contact] = _unpack(grant.old_value)
            self._write_benefits(company, writes)

    # === READING AND WRITING CUSTOMERS ===

    @api.model
    def _get_living_value(self, kind, value):
        """Return a value to restore; ``None`` where what it names was deleted since."""
        field = self.env["res.partner"]._fields[self._get_benefit_kinds()[kind]]
        if value and field.type == "many2one":
            return value if self.env[field.comodel_name].sudo().browse(value).exists() else None
        return value

    @api.model
    def _read_benefit_state(self, company, partner_ids):
        """Return partner id -> benefit -> what the customer has now, in one query or two.

        ``own``: the contact's own value, ``None`` without; ``value``: what holds, ``fallback``:
        what would hold without; ``is_customer``: no contact of another; ``is_graded``: the
        partner level of Odoo's ``partnership`` gives a pricelist.
        """
        partners = self.env["res.partner"].sudo().with_company(company)
        kinds = self._get_benefit_kinds()
        partners.flush_model([*kinds.values(), "commercial_partner_id"])
        columns = SQL(", ").join(
            SQL(
                # an empty value of its own is one as well
                """CASE WHEN jsonb_typeof(p.%(name)s -> %(company)s) = 'null' THEN 'false'::jsonb
                        ELSE p.%(name)s -> %(company)s END""",
                name=SQL.identifier(name),
                company=str(company.id),
            )
            for name in kinds.values()
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT p.id, COALESCE(p.commercial_partner_id, p.id) = p.id, %s
                     FROM res_partner p WHERE p.id = ANY(%s) ORDER BY p.id FOR NO KEY UPDATE""",
                columns,
                partner_ids,
            )
        )
        graded = self._find_graded(partner_ids)
        fallbacks = {kind: self._get_fallback(partners, name) for kind, name in kinds.items()}
        found = {}
        for partner, is_customer, *values in rows:
            for kind, own in zip(kinds, values, strict=True):
                found.setdefault(partner, {})[kind] = {
                    "own": own,
                    "value": (fallbacks[kind] if own is None else own) or False,
                    "fallback": fallbacks[kind] or False,
                    "is_customer": is_customer,
                    "is_graded": kind == "pricelist" and partner in graded,
                }
        return found

    @api.model
    def _get_fallback(self, partners, name):
        """Return what contacts without a value of their own have in the company."""
        field = partners._fields[name]
        return field.convert_to_write(field.get_company_dependent_fallback(partners), partners)

    @api.model
    def _find_graded(self, partner_ids):
        """Return customers whose partner level, or a contact's, gives a pricelist."""
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        if "grade_id" not in partners._fields:
            return set()
        domain = [("commercial_partner_id", "in", partner_ids)]
        domain.append(("grade_id.default_pricelist_id", "!=", False))
        return set(partners.search(domain).commercial_partner_id.ids)

    @api.model
    def _write_benefits(self, company, writes):
        """Write values to customers and their contacts, as Odoo keeps them alike.

        One statement for each benefit: ``res.partner.write`` takes several for each customer.

        :param dict writes: benefit -> partner id -> value, ``None``: no value of its own
        """
        partners = self.env["res.partner"]
        for kind, values in writes.items():
            name = self._get_benefit_kinds()[kind]
            self.env.execute_query(
                SQL(
                    """UPDATE res_partner p
                          SET %(name)s = CASE WHEN u.value IS NULL
                                         THEN COALESCE(p.%(name)s, '{}') - %(company)s
                                         ELSE COALESCE(p.%(name)s, '{}')
                                              || jsonb_build_object(%(company)s, u.value) END,
                              write_date = NOW() AT TIME ZONE 'UTC', write_uid = %(uid)s
                         FROM unnest(%(ids)s::int[], %(values)s::jsonb[]) AS u(id, value)
                        WHERE p.commercial_partner_id = u.id
                    RETURNING p.id""",
                    name=SQL.identifier(name),
                    company=str(company.id),
                    uid=self.env.uid,
                    ids=list(values),
                    values=[
                        None if v is None else json.dumps(None if v is False else v)
                        for v in values.values()
                    ],
                )
            )
            partners.invalidate_model([name, "property_product_pricelist"])


def _pack(own):
    """Return a contact's own value for the journal, where empty means that it had none."""
    return False if own is None else {"own": own}


def _unpack(old):
    return old["own"] if old else None
