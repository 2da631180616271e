"""Talking to one Odoo database: the connection, its protocols, when calls are made again."""
