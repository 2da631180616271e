"""The test files Odoo's own runner does not get, and why: they run under ``./dev test`` only.

A key is a file or a folder of tests/. All others are imported by ``tests/__init__.py``;
tests/quality/test_test_list.py compares both with the folder.
"""

WORKERS = "a real server with several workers and real commits, on a database of its own"
BROWSER = "a real server and a browser of its own, on a database of its own"
MODULES = "installs and uninstalls modules, on a database of its own"
NO_DATABASE = "plain pytest that needs no database"

NOT_FOR_ODOO = {
    "api/test_api_server.py": WORKERS,
    "client/test_crm_import_workers.py": WORKERS,
    "feedback/test_feedback_workers.py": WORKERS,
    "interaction/test_channel_workers.py": WORKERS,
    "points/test_points_workers.py": WORKERS,
    "loyalty/test_partnership.py": MODULES,
    "leaving/test_stopped_engine.py": NO_DATABASE,
    "outreach/test_sms_workers.py": WORKERS,
    "play/test_other_apps.py": MODULES,
    "play/test_play_workers.py": WORKERS,
    "prediction/test_prediction_browser.py": BROWSER,
    "profile/test_lifecycle.py": MODULES,
    "quality/test_contributing.py": MODULES,
    "quality/test_demo.py": MODULES,
    "quality/test_lint.py": NO_DATABASE,
    "quality/test_test_list.py": NO_DATABASE,
    "satisfaction/test_carriers.py": MODULES,
    "satisfaction/test_satisfaction_browser.py": BROWSER,
    "satisfaction/test_satisfaction_journey.py": BROWSER,
    "security/test_low_workers.py": WORKERS,
    "service_standard/test_service_standard_server.py": WORKERS,
    "telephony/test_telephony_browser.py": BROWSER,
    "telephony/test_telephony_pbx.py": WORKERS,
    "timeline/test_timeline_optional.py": MODULES,
    "unit": NO_DATABASE,
}
