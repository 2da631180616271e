"""Makes ``sales_sample.csv``: invented sales of an invented wholesaler, the same every time.

Run ``python demo/make_sales_sample.py`` to write the file again. All in it is made up.
"""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

FIRST, LAST = date(2024, 9, 2), date(2026, 10, 31)
PATH = Path(__file__).with_name("sales_sample.csv")
COLUMNS = (
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country,"
    "CustomerName,CustomerEmail,Category,Cost,DueDate,PaymentDate,PromisedDate,DeliveryDate,"
    "CreditOf"
).split(",")
Row = dict[str, Any]

# Code, name, price, cost. Tools sell dear and rarely, coffee cheaply and often.
KINDS = ("Coffee and tea", "Packaging", "Office supplies", "Cleaning", "Lighting", "Tools")
CATEGORIES = dict(zip(("CT", "PK", "OF", "CL", "LI", "TO"), KINDS, strict=True))
PRODUCTS = (
    ("CT01", "House blend coffee beans 1 kg", 14.5, 8.9),
    ("CT02", "Dark roast coffee beans 1 kg", 16.2, 9.8),
    ("CT03", "Ceylon black tea 500 g", 7.9, 4.1),
    ("CT04", "Saffron tea gift tin", 19.0, 11.6),
    ("CT05", "Sugar sticks, box of 500", 6.4, 3.9),
    ("PK01", "Shipping carton 40 x 30 x 20, 25 pcs", 21.0, 13.4),
    ("PK02", "Gift bag medium, 50 pcs", 17.5, 9.2),
    ("PK03", "Packing tape, 6 rolls", 9.9, 5.6),
    ("PK04", "Bubble wrap 50 m", 24.0, 16.1),
    ("OF01", "Copy paper A4, 5 reams", 22.5, 17.2),
    ("OF02", "Gel pen blue, 12 pcs", 8.4, 3.7),
    ("OF03", "Lever arch file, 10 pcs", 18.9, 10.9),
    ("OF04", "Desk calendar", 5.2, 1.9),
    ("CL01", "All-purpose cleaner 5 l", 11.8, 6.3),
    ("CL02", "Hand soap 5 l", 10.6, 5.5),
    ("CL03", "Paper towels, 24 rolls", 19.9, 14.0),
    ("CL04", "Microfibre cloths, 20 pcs", 13.3, 6.0),
    ("LI01", "LED bulb 9 W, 10 pcs", 23.0, 13.0),
    ("LI02", "LED panel 60 x 60", 34.5, 22.8),
    ("LI03", "Desk lamp", 27.9, 16.4),
    ("LI04", "Emergency light", 41.0, 28.3),
    ("TO01", "Cordless drill 18 V", 119.0, 84.0),
    ("TO02", "Screwdriver set, 32 pcs", 29.5, 15.7),
    ("TO03", "Tool trolley", 189.0, 138.0),
    ("TO04", "Measuring tape 8 m", 9.7, 4.2),
)
PERSIAN = (
    "بازرگانی آفتاب شرق|فروشگاه زنجیره‌ای مهرگان|شرکت پخش البرز|صنایع بسته‌بندی نوین|"
    "کافه کتاب ونک|هتل پارسیان سپید|تجهیزات اداری پویا|چاپ و نشر دانش|داروخانه دکتر رستمی|"
    "گروه ساختمانی آرمان|رستوران شاندیز نو|آموزشگاه زبان سپهر|تولیدی پوشاک ترمه|"
    "پخش مواد غذایی گلستان|خدمات فنی کاوه"
).split("|")
ENGLISH = (
    "Alder & Finch Cafe|Northgate Hotels|Bluebird Stationers|Harbour Light Electrical|"
    "Cobble Lane Gifts|Meridian Offices|Oakfield Dental Group|Riverside Bakery|"
    "Summit Property Care|Lantern Street Books|Kestrel Workshops|Copperfield Catering|"
    "Maple Row School|Tidewater Clinics|Ironbridge Maintenance|Saffron House Restaurants|"
    "Greenway Logistics|Pinnacle Print|Willow Spa|Stonebridge Retail|Orchard Nurseries|"
    "Silverline Events|Beacon Coworking|Fairview Apartments|Juniper Home|Atlas Fitters|"
    "Crescent Pharmacy|Foxglove Flowers|Marble Arch Interiors|Quayside Brewery"
).split("|")
# Habit: customers, days between purchases, first and last purchase as share of the period.
HABITS = (
    ("loyal", 6, 48, 0.00, 1.00),
    ("regular", 10, 92, 0.00, 1.00),
    ("seasonal", 6, 45, 0.00, 1.00),
    ("lapsed", 8, 42, 0.00, 0.42),
    ("once", 9, 999, 0.05, 0.95),
    ("new", 4, 40, 0.86, 1.00),
    ("loss", 1, 70, 0.00, 1.00),
    ("late", 1, 55, 0.00, 1.00),
)
SEASON = {2: 0.9, 3: 0.7, 11: 0.9, 12: 0.8}  # before Nowruz and before the year's end
rng = random.Random(20261031)  # noqa: S311 (a sample, not a secret)


def customers() -> list[Row]:
    """45 customers with a habit, favourite categories and a size."""
    names = [n for some in zip(ENGLISH[::2], PERSIAN, ENGLISH[1::2], strict=True) for n in some]
    habits = [habit for habit in HABITS for _ in range(habit[1])]
    rng.shuffle(habits)
    people = []
    for number, (name, habit) in enumerate(zip(names, habits, strict=True), 2001):
        abroad = rng.choice(["United Kingdom", "Ireland", "UAE"])
        home = abroad if name.isascii() else "Iran"
        facts = (number, home, name, f"purchasing{number}@example.com")
        person = dict(zip(COLUMNS[6:10], facts, strict=True))
        person |= {"habit": habit, "likes": rng.sample(list(CATEGORIES), rng.randint(1, 3))}
        people.append(person | {"size": rng.choice([1, 1, 2, 2, 3, 5])})
    return people


def purchase_days(habit: tuple) -> list[date]:
    """When a customer of this habit buys."""
    kind, _, gap, start, end = habit
    span = (LAST - FIRST).days
    day, stop = FIRST + timedelta(span * start), FIRST + timedelta(span * end)
    if kind == "once":
        return [day + timedelta(rng.randrange((stop - day).days))]
    day += timedelta(rng.randrange(gap if start else 150))
    days = []
    while day <= stop:
        if kind != "seasonal" or rng.random() < SEASON.get(day.month, 0.3):
            days.append(day)
        day += timedelta(max(6, round(gap * rng.uniform(0.75, 1.25))))
    return days


def terms(day: date, habit: str) -> Row:
    """Due, paid, promised and delivered dates; what lies after the last day is still open."""
    promised = day + timedelta(rng.randint(3, 7))
    late = rng.randint(1, 8) if rng.random() < 0.2 else -rng.randint(0, 2)
    due = day + timedelta(30)
    paid = due + timedelta(rng.randint(40, 85) if habit == "late" else rng.randint(-20, 6))
    done = {"DeliveryDate": promised + timedelta(late), "PaymentDate": paid}
    if rng.random() < 0.06:
        del done["PaymentDate"]
    known = {name: day for name, day in done.items() if day <= LAST}
    return {"DueDate": due, "PromisedDate": promised, **known}


def invoice(number: int, customer: Row, day: date) -> list[Row]:
    """The lines of one invoice; every tenth purchase strays from the favourites."""
    kind = customer["habit"][0]
    head = {k: customer[k] for k in COLUMNS if k in customer}
    head |= {"InvoiceNo": number, "InvoiceDate": day, **terms(day, kind)}
    kinds = CATEGORIES if rng.random() < 0.1 else customer["likes"]
    choice = [product for product in PRODUCTS if product[0][:2] in kinds]
    lines = []
    for code, text, price, cost in rng.sample(choice, rng.randint(2, 4)):
        quantity = rng.randint(1, 4) * customer["size"] if price < 60 else rng.randint(1, 2)
        price = cost * 0.88 if kind == "loss" else price * rng.choice([1, 1, 1, 0.95])
        product = {"StockCode": code, "Description": text, "Cost": cost}
        product |= {"Category": CATEGORIES[code[:2]], "Quantity": quantity}
        lines.append({**head, **product, "UnitPrice": round(price, 2)})
    return lines


def credit_note(number: int, lines: list[Row], full: bool) -> list[Row]:
    """All of an invoice given back, or half of its first line."""
    first = lines[0]
    day = min(first["InvoiceDate"] + timedelta(rng.randint(9, 24)), LAST)
    head = dict.fromkeys(COLUMNS[12:16], "") | {"CreditOf": first["InvoiceNo"]}
    head |= {"InvoiceNo": f"C{number}", "InvoiceDate": day}
    if full:
        return [{**line, **head, "Quantity": -line["Quantity"]} for line in lines]
    return [{**first, **head, "Quantity": -max(1, first["Quantity"] // 2)}]


def dirty(lines: list[Row]) -> list[Row]:
    """Twelve lines as real files have them: some can be loaded, most must be rejected."""
    base = {**lines[0], "InvoiceDate": LAST, **dict.fromkeys(COLUMNS[12:], "")}
    post = {"StockCode": "POST", "Description": "Postage", "Category": "", "Cost": ""}
    manual = post | {"StockCode": "M", "Description": "Manual correction"}
    faults = (
        {"InvoiceNo": 900001, "CustomerID": ""},
        {"InvoiceNo": 900002, "CustomerID": "", "UnitPrice": 0},
        {"InvoiceNo": 900003, "InvoiceDate": "2026-13-45"},
        {"InvoiceNo": 900004, "Quantity": "six"},
        {"InvoiceNo": 900005, "StockCode": ""},
        {"InvoiceNo": 900006, "Quantity": ""},
        {"InvoiceNo": 900007, "UnitPrice": "n/a"},
        {"InvoiceNo": 900008, "Quantity": 2},
        {"InvoiceNo": 900008, "Quantity": 1, "UnitPrice": 0},
        {"InvoiceNo": 900008, "Quantity": 1, "UnitPrice": 6.5, **post},
        {"InvoiceNo": 900008, "Quantity": 1, "CustomerID": "2099"},
        {"InvoiceNo": 900009, "Quantity": 1, "UnitPrice": -12.4, **manual},
    )
    return [base | fault for fault in faults]


def rows() -> list[Row]:
    """All lines of the file."""
    visits = [(day, who) for who in customers() for day in purchase_days(who["habit"])]
    visits.sort(key=lambda visit: (visit[0], visit[1]["CustomerID"]))
    bought = [invoice(n, who, day) for n, (day, who) in enumerate(visits, 10001)]
    back = rng.sample(bought, 25)
    credits = [credit_note(n, lines, n % 3 == 0) for n, lines in enumerate(back, 501)]
    clean = [line for group in bought + credits for line in group]
    clean.sort(key=lambda line: line["InvoiceDate"])
    return clean + dirty(bought[-1])


def main() -> None:
    """Write the file."""
    with PATH.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows())


if __name__ == "__main__":
    main()
