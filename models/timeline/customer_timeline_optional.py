from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .customer_timeline import TimelineSource


class CustomerTimeline(models.Model):
    """What other apps know about customers, when they are installed."""

    _inherit = "customer.timeline"

    @api.model
    def _get_timeline_branches(self):
        branches = super()._get_timeline_branches()
        if "pos.order" in self.env:
            branches["shop"] = (11, self._get_timeline_shop_orders)
        if "im_livechat.channel.member.history" in self.env:
            branches["chat"] = (12, self._get_timeline_chats)
        if "mailing.trace" in self.env:
            branches["mailing"] = (13, self._get_timeline_mailings)
        if "survey.user_input" in self.env:
            branches["survey"] = (14, self._get_timeline_surveys)
        if "website.track" in self.env:
            branches["website"] = (17, self._get_timeline_website_visits)
        return branches

    def _get_timeline_shop_orders(self, number):
        """Orders of the point of sale; those invoiced are shown as the invoice too."""
        done = Domain("state", "in", ("paid", "done"))
        source = self._get_timeline_source("pos.order", "partner_id", done)
        if not source:
            return []
        names = self._get_timeline_columns(source, amount="amount_total", rate="currency_rate")
        columns = self._get_timeline_columns(
            source, date="date_order", subject="name", user_id="user_id", company_id="company_id"
        )
        is_return = SQL("%s < 0", names["amount"])
        columns |= {
            "date": SQL("date_trunc('second', %s)", columns["date"]),
            "kind": SQL("CASE WHEN %s THEN 'return' ELSE 'order' END", is_return),
            "direction": SQL("'in'"),
            "channel": SQL("'shop'"),
            "status": self._get_timeline_labels(source, "state"),
            "amount": SQL("%s / COALESCE(NULLIF(%s, 0), 1)", names["amount"], names["rate"]),
        }
        return [self._select_timeline(number, source, columns)]

    def _get_timeline_chats(self, number):
        """Live chats, by the visitor who is a known contact."""
        query = self._get_timeline_query("discuss.channel", Domain("channel_type", "=", "livechat"))
        if query is None:
            return []
        channels = self.env["discuss.channel"]
        visits = self.env["im_livechat.channel.member.history"]
        visit = query.join(query.table, "id", visits._table, "channel_id", "timeline_visit")
        role = self._get_timeline_column(visit, visits, "livechat_member_type")
        query.add_where(SQL("%s = 'visitor'", role))
        source = TimelineSource(
            channels,
            query,
            self._get_timeline_column(visit, visits, "partner_id"),
            self._join_timeline_customer(query, visits, "partner_id", visit),
        )
        columns = self._get_timeline_columns(source, date="create_date", subject="name")
        columns |= {
            "date": SQL("date_trunc('second', %s)", columns["date"]),
            "kind": SQL("'chat'"),
            "direction": SQL("'in'"),
            "channel": SQL("'chat'"),
        }
        return [self._select_timeline(number, source, columns, SQL.identifier(visit, "id"))]

    def _get_timeline_mailings(self, number):
        """Mass mailings sent to a contact."""
        sent = Domain("model", "=", "res.partner") & Domain("sent_datetime", "!=", False)
        query = self._get_timeline_query(
            "mailing.trace", sent & Domain("is_test_trace", "!=", True)
        )
        if query is None:
            return []
        traces, mailings = self.env["mailing.trace"], self.env["mailing.mailing"]
        mailing = query.left_join(
            query.table, "mass_mailing_id", "mailing_mailing", "id", "timeline_mailing"
        )
        source = TimelineSource(
            traces,
            query,
            self._get_timeline_column(query, traces, "res_id"),
            self._join_timeline_customer(query, traces, "res_id"),
        )
        columns = self._get_timeline_columns(source, date="sent_datetime")
        columns |= {
            "kind": SQL("'mailing'"),
            "direction": SQL("'out'"),
            "channel": SQL("'email'"),
            "subject": mailings._field_to_sql(mailing, "subject"),
            "status": self._get_timeline_labels(source, "trace_status"),
            "user_id": self._get_timeline_column(mailing, mailings, "user_id"),
        }
        return [self._select_timeline(number, source, columns)]

    def _get_timeline_surveys(self, number):
        """Answered surveys; the answers stay in the survey."""
        done = Domain("state", "=", "done") & Domain("test_entry", "!=", True)
        source = self._get_timeline_source("survey.user_input", "partner_id", done)
        if not source:
            return []
        query, surveys = source.query, self.env["survey.survey"]
        survey = query.join(query.table, "survey_id", "survey_survey", "id", "timeline_survey")
        columns = self._get_timeline_columns(source, made="create_date", date="end_datetime")
        columns = {
            "date": SQL("date_trunc('second', COALESCE(%s, %s))", columns["date"], columns["made"]),
            "kind": SQL("'survey'"),
            "direction": SQL("'in'"),
            "channel": SQL("'website'"),
            "subject": surveys._field_to_sql(survey, "title"),
        }
        return [self._select_timeline(number, source, columns)]

    def _get_timeline_website_visits(self, number):
        """Visits of known contacts to the website: the first page after some hours away.

        They open the visitor, so it must be readable too.
        """
        query = self._get_timeline_query("website.track")
        visitors = self._get_timeline_query("website.visitor")
        if query is None or visitors is None:
            return []
        tracks, model = self.env["website.track"], self.env["website.visitor"]
        visitor = query.join(query.table, "visitor_id", model._table, "id", "timeline_visitor")
        visitor_id = SQL.identifier(visitor, "id")
        website = query.left_join(visitor, "website_id", "website", "id", "timeline_website")
        websites = self.env["website"]
        company = self._get_timeline_column(website, websites, "company_id")
        source = TimelineSource(
            tracks,
            query,
            self._get_timeline_column(visitor, model, "partner_id"),
            self._join_timeline_customer(query, model, "partner_id", visitor),
        )
        names = self._get_timeline_columns(source, date="visit_datetime", url="url")
        query.add_where(self._get_timeline_readable(visitors, visitor_id))
        query.add_where(
            SQL("(%s IS NULL OR %s = ANY(%s))", company, company, self.env.companies.ids)
        )
        track_id = SQL.identifier(query.table, "id")
        query.add_where(SQL(_IS_FIRST_PAGE, visitor=visitor_id, date=names["date"], id=track_id))
        columns = {
            "date": SQL("date_trunc('second', %s)", names["date"]),
            "kind": SQL("'website_visit'"),
            "direction": SQL("'in'"),
            "channel": SQL("'website'"),
            "subject": SQL(
                "COALESCE(%s, %s)",
                names["url"],
                self._get_timeline_column(website, websites, "name"),
            ),
            "company_id": company,
            "res_model": SQL("%s", model._name),
            "res_id": visitor_id,
        }
        return [self._select_timeline(number, source, columns, track_id)]


# Odoo counts a new visit after eight hours without a page, too.
_IS_FIRST_PAGE = """NOT EXISTS (
    SELECT FROM website_track page
     WHERE page.visitor_id = %(visitor)s AND page.visit_datetime >= %(date)s - interval '8 hours'
       AND (page.visit_datetime, page.id) < (%(date)s, %(id)s))"""
