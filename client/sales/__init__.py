"""Loading a file of sales into Odoo: reading, grouping, writing."""
