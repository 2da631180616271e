"""Customer-value mathematics: Python and numpy, nothing of Odoo, usable alone.

One room per question, each with one front door: import names from the room
(``from ..engine.standing import get_stage``), never from a file inside it. Rooms, lower ones
first; a room uses only those before it, and through their front doors:

=================== ============================================================================
``numerics``        special functions and an optimiser that numpy lacks
``standing``        where a customer stands: RFM, segment, value class, lifecycle stage, tier
``prediction``      what a customer will buy, when, and what that is worth
``backtest``        how good a prediction was on past days, beside simple rules
``recommendation``  which products a customer may need next, and what categories are missing
``forecast``        revenue of this month and the next ones
``payment``         whether open documents will be paid late, when, and the cash of weeks
``lifetime_value``  what a lead will be worth, whom to keep, what a play has brought
``satisfaction``    the satisfaction score and its state
``service``         working time, phone numbers, faxes, calls, kinds of mails, SMS
=================== ============================================================================

Units, unless a docstring says otherwise: money in company currency; times and pauses in days,
days as ordinals (``date.toordinal``); ``…_probability`` and ``…_ratio`` 0 to 1, scores of
satisfaction 0 to 100. ``None``, and NaN in arrays, mean *not enough data*, never zero.
"""
