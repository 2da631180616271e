"""Gives the demo company a life: people who serve, customers of four kinds, two years of sales and
contacts, answers, complaints, stock, leads, plays with their outcome, and what the nights of these
years would have kept (``demo/living/past.py``). All of it is made up.

Run in an Odoo shell by ``./dev demo``, once. The same every time, relative to today; each part is
committed by itself, and one that is there already is left alone.
"""

from demo.living.company import LivingCompany

if "env" in globals():  # an Odoo shell, in the folder of the addon
    LivingCompany(env(context={**env.context, "tracking_disable": True}), env.cr).make()  # noqa: F821
