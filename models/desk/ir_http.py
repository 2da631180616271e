from odoo import models


class IrHttp(models.AbstractModel):
    """Tells the web client what segments, stages and classes mean, wherever they are shown."""

    _inherit = "ir.http"

    def session_info(self):
        """Add the sentences of segments, stages and classes, in the language of the user."""
        info = super().session_info()
        if self.env.user._is_internal():
            profiles = self.env["customer.profile"]
            info["customer_meanings"] = {
                "segment": profiles._get_segment_sentences(),
                "stage": profiles._get_stage_meanings(),
                "value_class": profiles._get_value_class_meanings(),
            }
        return info
