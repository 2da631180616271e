"""The bars of a chart as plain numbers, for an SVG that any printer can draw."""

WIDTH, HEIGHT = 620, 84
TOP, BOTTOM = 14, 18
GAP = 0.25  # of the room of a bar


def draw_bars(values):
    """Return where the bars of some values stand: ``bars`` and the height of the ``zero`` line.

    Amounts below zero hang from the line. Without values, or with zeros only, no bar has a height.
    """
    highest, lowest = max([0, *values]), min([0, *values])
    room = HEIGHT - TOP - BOTTOM
    scale = room / (highest - lowest) if highest > lowest else 0
    zero = TOP + highest * scale
    step = WIDTH / max(len(values), 1)
    bars = [
        {
            "x": round(step * number + step * GAP / 2, 1),
            "y": round(min(zero, zero - value * scale), 1),
            "width": round(step * (1 - GAP), 1),
            "height": round(abs(value) * scale, 1),
            "middle": round(step * (number + 0.5), 1),
            "is_negative": value < 0,
        }
        for number, value in enumerate(values)
    ]
    return {"bars": bars, "zero": round(zero, 1), "width": WIDTH, "height": HEIGHT}
