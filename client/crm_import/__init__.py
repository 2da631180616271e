"""Importing the CSV exports of a stand-alone CRM (SugarCRM family) into Odoo."""
