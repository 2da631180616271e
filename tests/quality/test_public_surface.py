from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import TransactionCase, tagged

# Whatever is public in Python can be called over RPC by anybody who logs in: model -> methods
# of ours. A new one belongs here only if a button, a screen or another program calls it, and
# if it checks its caller and its arguments itself.
SURFACE = {
    "account.move": {
        "action_apply_tier_prices",
        "action_open_complaints",
        "action_open_points_entries",
    },
    "customer.api": {
        "create_complaint",
        "find_customers",
        "get_summary",
        "log_feedback",
        "log_interactions",
        "pull_changes",
    },
    "customer.account.plan": {"action_close", "action_open_customer", "action_review"},
    "customer.account.plan.make": {"action_make"},
    "customer.account.review.make": {"action_save"},
    "customer.api.key": {"action_make_key"},
    "customer.cash.forecast": {"action_open_documents"},
    "customer.cash.share": {"action_open_document"},
    "customer.category.need": {"action_open_lines"},
    "customer.stopped.category": {
        "action_log",
        "action_offer",
        "action_open_lines",
        "action_plan_call",
    },
    "customer.payment.expectation": {"action_log_call", "action_open_document"},
    "customer.pipeline.line": {"action_open_document"},
    "customer.sales.forecast": {"action_open_invoices", "action_open_pipeline"},
    "customer.prediction.model": {"action_request_fit"},
    "customer.benefit.grant": {"action_give", "action_withdraw"},
    "customer.board": {"get_board", "get_list"},
    "customer.bulk": {"action_open_customers", "action_undo"},
    "customer.bulk.start": {"action_start"},
    "customer.first.steps": {"get_steps", "set_rates", "switch"},
    "customer.settings": {"cancel", "execute"},
    "customer.call": {"action_create_complaint", "action_create_lead", "action_log"},
    "customer.intake.channel": {"action_open_interactions"},
    "customer.mail.left.out": {"action_open", "action_take_in"},
    "customer.complaint": {
        "action_credit",
        "action_give_points",
        "action_mark_answered",
        "action_open_customer_complaints",
        "action_open_result",
        "action_reopen",
        "action_replace",
        "action_return",
        "action_solve",
    },
    "customer.complaint.deadline": {"action_open_complaint"},
    "customer.complaint.document.mixin": {"action_open_complaints"},
    "customer.complaint.measure": {"action_open_complaint"},
    "customer.complaint.merge": {"action_merge"},
    "customer.complaint.solve": {"action_solve"},
    "customer.complaint.rate": {"action_open_document"},
    "customer.complaint.resolution": {
        "action_approve",
        "action_confirm",
        "action_make",
        "action_open_document",
        "action_refuse",
    },
    "customer.complaint.team": {"action_open_complaints"},
    "customer.feedback": {
        "action_create_complaint",
        "action_mark_handled",
        "action_open_document",
        "action_restore",
        "action_write_back",
    },
    "customer.feedback.ask": {"action_ask"},
    "customer.feedback.record": {"action_save"},
    "customer.feedback.request": {"action_retry"},
    "customer.feedback.void": {"action_void"},
    "customer.interaction": {
        "action_create_lead",
        "action_mark_answered",
        "action_open_document",
        "action_undo",
    },
    "customer.interaction.assign": {"action_apply"},
    "customer.interaction.log": {"action_save"},
    "customer.interaction.response": {"action_open_interaction"},
    "customer.profile": {
        "action_end_tier_override",
        "action_open_account_plan",
        "action_interview_lost",
        "action_log",
        "action_mail",
        "action_open_customer_documents",
        "action_open_documents",
        "action_open_partner",
        "action_plan",
        "action_plan_contact",
        "get_card",
    },
    "customer.profit.part": {"action_open_documents"},
    "customer.recommendation": {"action_quote", "action_reject", "action_reopen"},
    "customer.recommendation.reject": {"action_reject"},
    "customer.refresh.queue": {"action_retry"},
    "customer.satisfaction.fact": {"action_open_document"},
    "customer.service.standard": {"action_open_deadlines"},
    "customer.tier": {"action_open_profiles"},
    "customer.tier.override": {"action_apply"},
    "customer.tier.extend": {"action_apply"},
    "customer.tier.preview": {"action_preview", "action_apply"},
    "customer.tier.preview.move": {"action_open_profiles"},
    "customer.today": {"get_day", "put_off", "not_now", "take_back"},
    "customer.timeline": {"action_open_document", "get_preview", "get_timeline"},
    "crm.lead": {"action_open_recommendations"},
    "privacy.lookup.wizard": {"action_erase_customer_value"},
    "res.partner": {
        "action_open_account_plan",
        "action_open_complaints",
        "action_open_referrer",
        "action_open_customer_profile",
        "action_open_needs",
        "action_open_recommendations",
        "action_open_stopped_categories",
        "action_refresh_recommendations",
    },
    "sale.order": {"action_open_complaints", "action_open_recommendations"},
    "stock.picking": {"action_open_complaints"},
    "customer.play": {
        "action_open_actions",
        "action_open_members",
        "action_start",
        "action_stop",
        "action_try",
    },
    "customer.play.action": {
        "action_answered",
        "action_interview_lost",
        "action_not_reached",
        "action_open_partner",
        "action_refused",
        "action_retry",
    },
    "customer.play.member": {"action_open_partner"},
    "customer.play.result": {"action_open_members"},
    "customer.play.start": {
        "action_keep",
        "action_open_left_out",
        "action_open_taking_part",
        "action_start",
    },
    "customer.play.step": {"action_open_counted", "action_print_letters"},
    "customer.sms.gateway": {"action_close_reports", "action_renew_report_token", "action_test"},
    "customer.outreach.message": {
        "action_note_sent",
        "action_open_partner",
        "action_print",
        "action_send_again",
    },
    "customer.lost.interview": {"action_open_partner"},
    "customer.lost.report": {"action_open_interview"},
    "customer.acquisition.report": {"action_open_document"},
    "customer.prospect.group": {
        "action_open_customers",
        "action_open_leads",
        "action_open_open_leads",
        "action_open_valued",
    },
    "customer.referral": {"action_approve", "action_refuse"},
    "customer.referrer": {
        "action_open_referrals",
        "action_open_tree",
        "action_opt_in",
        "action_opt_out",
    },
    "customer.points.balance": {"action_make_liability_entry", "action_open_entries"},
}


@tagged("post_install", "-at_install")
class TestPublicSurface(TransactionCase):
    def test_surface(self):
        self.maxDiff = None
        found = {}
        for name, model in self.env.items():
            public = {
                method for method in self._get_ours(model) if self._is_callable(model, method)
            }
            if public:
                found[name] = public
        self.assertEqual(found, SURFACE)

    def _get_ours(self, model):
        """Names only our classes give a model: extending a method of Odoo opens nothing new."""
        ours, others = set(), set()
        for cls in type(model).__mro__[1:]:
            mine = getattr(cls, "_module", None) == "customer_value"
            (ours if mine else others).update(vars(cls))
        return {name for name in ours - others if not name.startswith("_")}

    @staticmethod
    def _is_callable(model, method):
        try:
            return bool(get_public_method(model, method))
        except (AccessError, AttributeError):  # private, or a field
            return False
