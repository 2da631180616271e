"""Odoo's app of mass mailing, where it is installed: what it knows of addresses, and of our mails.

It is none of our dependencies: whoever calls asks :func:`is_installed` first, or gets nothing.
"""

from odoo import Command, fields

REACHED = ("sent", "open", "reply")
# Links of one reader alone are not put into the list of links everybody in marketing may read.
OWN_LINKS = ("/customer", "/my", "/unsubscribe_from_list", "/view", "/cards")


def is_installed(env):
    """Return whether mails of plays are mailings, too."""
    return "mailing.trace" in env


def find_optouts(env, addresses):
    """Return those of some normalised addresses that left a mailing list, whichever it was.

    :param env: with the right to read mailing lists
    """
    if "mailing.subscription" not in env or not addresses:
        return set()
    rows = env["mailing.subscription"]
    domain = [
        ("opt_out", "=", True),
        ("list_id.active", "=", True),
        ("contact_id.email_normalized", "in", [*addresses]),
    ]
    return {*rows.search(domain).contact_id.mapped("email_normalized")}


def make_mailing(mail, name, user):
    """Return a mailing mails like this one belong to; it finds nobody to send anything to."""
    env = mail.env
    return (
        env["mailing.mailing"]
        .with_context(tracking_disable=True, mail_create_nosubscribe=True)
        .create(
            {
                "name": name,
                "subject": mail.subject,
                "mailing_model_id": env["ir.model"]._get_id(mail.model),
                "mailing_domain": "[('id', 'in', [])]",
                "user_id": user.id,
                "email_from": mail.email_from,
                "reply_to_mode": "update",
                "keep_archives": True,
                "state": "done",
                "sent_date": fields.Datetime.now(),
            }
        )
    )


def trace(mail, mailing, address):
    """Have Odoo follow a mail as part of a mailing: return the trace of it."""
    mail.write(
        {
            "mailing_id": mailing.id,
            "body_html": mail.env["mail.render.mixin"]._shorten_links(
                mail.body_html, mailing._get_link_tracker_values(), blacklist=OWN_LINKS
            ),
            "mailing_trace_ids": [
                Command.create(
                    {
                        "mass_mailing_id": mailing.id,
                        "model": mail.model,
                        "res_id": mail.res_id,
                        "email": address,
                        "message_id": mail.message_id,
                    }
                )
            ],
        }
    )
    return mail.mailing_trace_ids


def cancel(mails):
    """Say of mails that are held back that they were."""
    if is_installed(mails.env):
        mails.mailing_trace_ids.set_canceled()


def get_mailing(env, trace_id):
    """Return the mailing of a trace; none if either is gone."""
    return env["mailing.trace"].browse(trace_id).exists().mass_mailing_id


def read_traces(env, trace_ids):
    """Return {trace id: (whether it reached its reader, whether they replied)}.

    A click says that it was read; only a reply is an answer, for programs click, too.
    """
    if not is_installed(env):
        return {}
    traces = env["mailing.trace"].browse(trace_ids).exists()
    return {
        one.id: (
            one.trace_status in REACHED or bool(one.links_click_datetime),
            one.trace_status == "reply",
        )
        for one in traces
    }
