"""The pictures of the documentation: one list, for `./dev screenshots`.

A screen is: who looks (login of the demo), at which address, and what has to be there before the
picture is taken. ``{contact}`` and the like are ids that :data:`RECORDS` finds in the demo.
"""

from dataclasses import dataclass

DESKTOP, PHONE = (1280, 800), (390, 844)
ACTION = "/odoo/action-customer_value."


@dataclass(frozen=True)
class Screen:
    """One picture. ``click``: selectors pressed one after the other before it is taken."""

    name: str
    login: str
    path: str
    wait: str = ".o_action_manager .o_view_controller, .o_action_manager .o_content"
    click: tuple = ()
    size: tuple = DESKTOP
    is_pdf: bool = False


# name -> (model, domain, order): the first record is shown.
RECORDS = {
    "profile": (
        "customer.profile",
        [["segment", "in", ["champions", "loyal"]], ["company_id", "=", 1]],
        "occasion_count desc",
    ),
    "at_risk": (
        "customer.profile",
        [["stage", "=", "slipping"], ["value_at_risk", ">", 0], ["company_id", "=", 1]],
        "value_at_risk desc",
    ),
    "order": ("sale.order", [["state", "=", "draft"], ["order_line", "!=", False]], "id desc"),
    "complaint": ("customer.complaint", [["close_date", "=", False]], "id"),
    "solved": ("customer.complaint", [], "close_date, id"),  # the open ones come last
    "invoice": (
        "account.move",
        [["move_type", "=", "out_invoice"], ["state", "=", "posted"]],
        "id desc",
    ),
}

# Pictures of the app store, copies of those above: name there -> language and name here.
STORE = {
    "screenshot_contact": "en/contact",
    "screenshot_contact_fa": "fa/contact",
    "screenshot_forecast": "en/forecast",
    "screenshot_invoice": "en/invoice",
    "screenshot_portal": "en/portal",
    "screenshot_prediction": "en/prediction",
    "screenshot_print": "en/print_value",
    "screenshot_profiles": "en/customers",
    "screenshot_tiers": "en/try_tiers",
    "screenshot_today": "en/today",
}

FORM = ".o_form_view"
SCREENS = (
    Screen("today", "sales", f"{ACTION}customer_today_action"),
    Screen(
        "contact", "sales", "/odoo/res.partner/{contact}", FORM, (".nav-link[name=customer_value]",)
    ),
    Screen("interactions", "sales", f"{ACTION}customer_interaction_action"),
    Screen("quotation", "sales", "/odoo/sales/{order}", FORM),
    Screen("due", "sales", f"{ACTION}customer_profile_action_contact_due"),
    Screen("complaints", "service", f"{ACTION}customer_complaint_action"),
    Screen("complaint", "service", "/odoo/customer.complaint/{complaint}", FORM),
    Screen(
        "waiting",
        "service",
        f"{ACTION}customer_interaction_action_waiting",
        click=(".o_group_header .o_group_name",),
    ),
    Screen("feedback", "service", f"{ACTION}customer_feedback_action"),
    Screen("invoice", "accountant", "/odoo/account.move/{invoice}", FORM),
    Screen("late_payment", "accountant", f"{ACTION}customer_payment_expectation_action"),
    Screen("cash", "accountant", f"{ACTION}customer_cash_forecast_action"),
    Screen("customers", "manager", f"{ACTION}customer_profile_action"),
    Screen("prediction", "manager", "/odoo/customer.profile/{at_risk}", FORM),
    Screen("retention", "manager", f"{ACTION}customer_board_action_retention"),
    Screen("forecast", "manager", f"{ACTION}customer_board_action_forecast"),
    Screen("tiers", "manager", f"{ACTION}customer_tier_action"),
    Screen(
        "try_tiers",
        "manager",
        f"{ACTION}customer_tier_preview_action",
        FORM,
        ("button[name=action_preview]",),
    ),
    Screen("plays", "manager", f"{ACTION}customer_play_action_window"),
    Screen("complaint_rate", "manager", f"{ACTION}customer_complaint_rate_action"),
    Screen("gap", "manager", f"{ACTION}customer_gap_report_action"),
    Screen("settings", "admin", f"{ACTION}res_config_settings_action", ".o_form_view"),
    Screen("runs", "admin", f"{ACTION}customer_refresh_run_action"),
    Screen("portal", "portal", "/my", ".o_portal_docs", size=PHONE),
    Screen("portal_privacy", "portal", "/my/privacy", ".o_customer_privacy_form", size=PHONE),
    Screen(
        "print_value",
        "manager",
        "/report/pdf/customer_value.report_value_statement/{profile}",
        is_pdf=True,
    ),
    Screen(
        "print_loyalty",
        "manager",
        "/report/pdf/customer_value.report_loyalty_statement/{profile}",
        is_pdf=True,
    ),
    Screen(
        "print_answer",
        "manager",
        "/report/pdf/customer_value.report_complaint_answer/{solved}",
        is_pdf=True,
    ),
)
