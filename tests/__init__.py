"""The tests Odoo's own runner gets: it looks for modules named test_* in this namespace only.

Each test file is imported here or stands in not_for_odoo.py with the reason why not.
"""

from .tools.left_out import left_out_without

from .security import (
    test_addresses,
    test_answers_by_rpc,
    test_asked_only,
    test_companies,
    test_correspondence,
    test_deleting,
    test_exports,
    test_faults,
    test_feedback_mails,
    test_mail_gateway,
    test_privacy,
    test_programs,
    test_ratings,
    test_templates,
    test_written_by_us,
)
from .profile import (
    test_branches,
    test_cost,
    test_profile_debt,
    test_given_back,
    test_profile_delivery,
    test_profile_payment,
    test_profile_sales,
    test_real_sales,
    test_tours,
    test_ui_card,
    test_ui_documents,
    test_ui_panels,
    test_ui_queries,
    test_whose,
    test_whole_customer,
)
from .calendar import test_company_calendar, test_reader_date
from .refresh import (
    test_concurrency,
    test_hooks,
    test_large_change,
    test_partner,
    test_refresh,
    test_standing_words,
)
from .points import (
    test_points,
    test_points_access,
    test_points_attacks,
    test_points_book,
    test_points_exploit,
    test_points_liability,
    test_points_portal,
    test_points_tours,
)
from .loyalty import (
    test_gift_points,
    test_benefit,
    test_benefit_access,
    test_benefit_histories,
    test_tier,
    test_tier_friends,
    test_tier_gifts,
    test_tier_mails,
    test_ui_wizards,
)
from .interaction import (
    test_channel,
    test_contact_lookup,
    test_interaction,
    test_interaction_log,
    test_interaction_policy,
    test_interaction_tours,
    test_mail_left_out,
)
from .timeline import test_timeline, test_timeline_access, test_timeline_scroll, test_timeline_tour
from .satisfaction import (
    test_satisfaction,
    test_satisfaction_delivery,
    test_satisfaction_facts,
    test_satisfaction_histories,
    test_satisfaction_reports,
    test_satisfaction_state,
    test_satisfaction_ui,
)
from .prediction import (
    test_lead_value,
    test_prediction,
    test_prediction_learned,
    test_prediction_real,
    test_prediction_rhythm,
    test_prediction_screen,
    test_prediction_signal,
    test_prediction_traits,
)
from .recommendation import (
    test_category_need,
    test_purchase_history,
    test_recommendation,
    test_recommendation_lead,
    test_recommendation_never,
    test_recommendation_oracle,
    test_recommendation_outcome,
    test_recommendation_quote,
    test_recommendation_real,
    test_recommendation_tour,
)
from .leaving import test_leaving_settings, test_stopped_category, test_win_back
from .forecast import test_late_payment, test_pipeline_line, test_sales_forecast
from .feedback import (
    test_feedback,
    test_feedback_address,
    test_feedback_asking,
    test_feedback_edges,
    test_feedback_http,
    test_feedback_loop,
    test_feedback_mail_width,
    test_feedback_xss,
)
from .complaint import (
    test_complaint,
    test_complaint_access,
    test_complaint_api,
    test_complaint_mail,
    test_complaint_partner,
    test_complaint_portal,
    test_complaint_tour,
)
from .resolution import (
    test_complaint_by_hand,
    test_complaint_resolution,
    test_complaint_solving,
    test_complaint_solving_histories,
)
from .service_standard import (
    test_complaint_measures,
    test_service_standard,
    test_service_standard_watch,
)
from .account_plan import test_account_plan
from .interview import test_lost_interview
from .outreach import test_letter, test_sms, test_sms_gateway, test_sms_report, test_sms_tours
from .acquisition import (
    test_acquisition,
    test_acquisition_cost,
    test_prospect_group,
    test_referral,
    test_referral_http,
    test_referral_objections,
)
from .play import (
    test_play,
    test_play_attacks,
    test_play_http,
    test_play_outcome,
    test_play_refusing,
    test_play_tours,
)
from .board import (
    test_board,
    test_board_jalali,
    test_dashboards,
    test_digest,
    test_reports,
    test_today,
    test_today_tour,
)
from .desk import (
    test_barriers,
    test_bulk,
    test_bulk_sms,
    test_call_facts,
    test_first_steps,
    test_work_place,
)
from .prints import test_complaint_answer, test_prints
from .privacy import test_portal_pages, test_what_waits
from .api import test_api, test_api_feedback, test_api_http, test_api_parity
from .client import test_crm_import
from .gate import (
    test_gate,
    test_gate_again,
    test_gate_at_once,
    test_twice_at_once,
    test_gate_defaults,
    test_gate_domains,
    test_gate_feedback,
    test_gate_readers,
)
from .quality import (
    test_access,
    test_audit,
    test_company_lists,
    test_demo_filled,
    test_demo_past,
    test_foreign_ids,
    test_guides,
    test_hoot,
    test_i18n,
    test_kept_numbers,
    test_mails,
    test_outsiders,
    test_public_surface,
)

with left_out_without("hypothesis"):
    from .base import test_person_writing, test_text_search
    from .profile import test_profile_order, test_property
    from .points import test_points_property
    from .security import test_bounds, test_dates
    from .gate import test_gate_limits
    from .interaction import test_interaction_merge, test_phone_number
    from .timeline import test_property_timeline
    from .service_standard import test_service_standard_oracle
    from .telephony import test_telephony, test_telephony_http, test_telephony_lead

with left_out_without("websocket-client, polib"):
    from .board import test_dashboard_lists
    from .desk import (
        test_every_screen,
        test_outside_pages,
        test_language_menu,
        test_roles_managing,
        test_roles_selling,
        test_roles_serving,
        test_who_speaks,
    )
