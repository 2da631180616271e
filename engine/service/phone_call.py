"""One phone call from the events of a telephone system, whatever their order or repetition.

What is known of a call is the merge of its events: times and facts, each the minimum of what the
events say. A minimum does not depend on order or repetition, so neither does the call. Times are
ISO texts in UTC of one fixed width, so that text order is time order.
"""

from dataclasses import dataclass

CALL_EVENT_KINDS = ("ringing", "answered", "hangup", "missed", "voicemail")
# One value each; the earliest event that tells it wins, as later ones tell of transfers.
FACTS = ("direction", "from", "to", "agent", "voicemail_url")
CALL_ENDING_KINDS = ("hangup", "voicemail", "missed")
MAX_RINGING_AGENTS = 50


@dataclass(frozen=True)
class PhoneCall:
    """What the events of a call add up to; times are ISO texts in UTC or ``None``.

    ``state``: ``ringing``, ``answered``, ``done``, ``missed`` or ``voicemail``; ``direction``:
    ``in`` or ``out``; texts that no event has told are empty.
    """

    state: str
    direction: str
    caller: str
    called: str
    agent: str
    voicemail_url: str
    start: str
    answered: str | None
    ended: str | None
    ringing_agents: tuple

    @property
    def number(self):
        """The customer's number: who called us, or whom we called."""
        return self.caller if self.direction == "in" else self.called


def merge_call_event(known, event):
    """Return what is known of the call once the event has been told.

    Commutative, associative and idempotent: order and repetition of events do not matter.

    :param known: the result of an earlier merge, or ``{}``; left as it is
    :param event: ``kind`` of :data:`CALL_EVENT_KINDS`, ``at`` (ISO text, UTC) and any of the facts
    :return: JSON-able, to be stored and merged with the next event
    """
    kind, at = event["kind"], event["at"]
    times = dict(known.get("times", {}))
    times[kind] = min(times.get(kind, at), at)
    facts = dict(known.get("facts", {}))
    for name in FACTS:
        if event.get(name):
            # Who answered counts more than whose phone rang.
            rank = 0 if name == "agent" and kind == "answered" else 1
            told = [rank, at, CALL_EVENT_KINDS.index(kind), event[name]]
            facts[name] = min(facts.get(name, told), told)
    ringing = set(known.get("ringing", ()))
    if kind == "ringing" and event.get("agent"):
        ringing.add(event["agent"])
    return {"times": times, "facts": facts, "ringing": sorted(ringing)[:MAX_RINGING_AGENTS]}


def derive_call(known):
    """Return the call that merged events add up to.

    :param known: of :func:`merge_call_event`, at least one event
    """
    times = known["times"]
    facts = {name: value[-1] for name, value in known["facts"].items()}
    return PhoneCall(
        state=_get_state(times),
        direction=facts.get("direction", "in"),
        caller=facts.get("from", ""),
        called=facts.get("to", ""),
        agent=facts.get("agent", ""),
        voicemail_url=facts.get("voicemail_url", ""),
        start=min(times.values()),
        answered=times.get("answered"),
        ended=next((times[kind] for kind in CALL_ENDING_KINDS if kind in times), None),
        ringing_agents=tuple(known["ringing"]),
    )


def _get_state(times):
    """An event that ends the call is final, even if one that began it comes in later."""
    if any(kind in times for kind in CALL_ENDING_KINDS):
        if "answered" in times:
            return "done"
        return "voicemail" if "voicemail" in times else "missed"
    return "answered" if "answered" in times else "ringing"
