"""Pure customer-value maths: Python and numpy, no Odoo import, usable alone."""
