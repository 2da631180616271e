"""What `./dev` does: prepare an Odoo 19 around this addon, show it, test it, measure it.

Everything here runs on the standard library alone, because it runs before there is a
virtual environment; the tools inside that environment are started as other processes.
"""
