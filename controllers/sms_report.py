from werkzeug.exceptions import BadRequest, NotFound

from odoo.http import Controller, request, route

from ..engine import service
from .dispatchers import MachineDispatcher

# A report has some hundred bytes, one of many messages some thousand.
MAX_BODY_BYTES = 64 * 1024
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class SmsReport(Controller):
    """Where an SMS gateway reports what arrived (docs/plays.md).

    The address is the key: who does not know it finds nothing here. Who does is told nothing but
    that the report could be read, the same for messages we know and for others.
    """

    @route(
        "/customer_value/sms/report/<string:key>",
        type=MachineDispatcher.routing_type,
        auth="public",
        methods=["GET", "POST"],
        max_content_length=MAX_BODY_BYTES,
        save_session=False,
    )
    def report(self, key, **_rest):
        """Take parameters of the address, a form or JSON, and answer how many reports they are."""
        gateway = request.env["customer.sms.gateway"]._find_by_report_key(key)
        if not gateway:
            raise NotFound("There is nothing here.")
        try:
            reports = gateway._read_reports(self._read_values())
        except service.ReportError as error:
            raise BadRequest(str(error)) from error
        if request.httprequest.method != "HEAD":
            company = gateway.company_id
            # With the rights of the gateway, which its key has proved.
            messages = gateway.env["customer.outreach.message"].with_company(company)
            messages = messages.with_context(lang=company.partner_id.lang)
            messages._note_reports(company, reports)
        return {"reports": len(reports)}

    def _read_values(self):
        http = request.httprequest
        if http.method == "POST" and http.mimetype not in FORMS and http.get_data():
            return service.parse_report(http.get_data())
        # The last of several with one name counts, as in most frameworks.
        return {**http.args.to_dict(flat=True), **http.form.to_dict(flat=True)}
