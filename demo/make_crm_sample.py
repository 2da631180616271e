"""Make demo/crm_sample/: the exports of an imagined stand-alone CRM, with its usual dirt.

Run it from anywhere: ``python demo/make_crm_sample.py``. It always writes the same files. Each has
another of the layouts found in practice: labels or field names as headings, comma, semicolon or
tab, UTF-8 or UTF-16, Gregorian or Jalali dates, Latin or Persian digits.
"""

import csv
import io
import random
from pathlib import Path

FOLDER = Path(__file__).with_name("crm_sample")
PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
USERS = ["Mitchell Admin", "Marc Demo", "سارا احمدی"]
COMPANIES = """Alborz Steel|Tehran|Iran
فولاد البرز مركزي|اراك|ایران
Pars Packaging|Shiraz|Iran
صنايع غذايي گلستان|مشهد|ایران
Caspian Foods|Rasht|Iran
کاشی ستاره کویر|یزد|ایران
Zagros Trading|Dubai|UAE
بازرگانی نیک‌اندیش|تبریز|ایران
Northwind Traders|London|United Kingdom
پخش پگاه شرق|مشهد|ایران
Contoso Textiles|Manchester|UK
نساجي مازندران نو|قائمشهر|ایران
Fabrikam Furniture|Hamburg|Germany
مبلمان آرمان|قم|ایران
Adventure Cycles|Lyon|France
دوچرخه‌سازی کوهستان|اصفهان|ایران
Litware Instruments|Ankara|Turkey
ابزار دقيق سپاهان|اصفهان|ایران
Tailspin Toys|Boston|USA
اسباب‌بازی رنگین‌کمان|کرج|ایران
Wide World Importers|Rotterdam|Netherlands
واردات دریای پارس|بوشهر|ایران
Graphic Institute|Vienna|Austria
چاپ و نشر مهرگان|تهران|ایران
Lucerne Publishing|Lucerne|Switzerland
انتشارات نوين دانش|تهران|ایران
Proseware Clinics|Toronto|Canada
درمانگاه سلامت یاس|شیراز|ایران
Trey Research|Atlantis|Atlantis
پژوهشکده آينده|تهران|ایران""".splitlines()
FIRST = "Anna|John|Maria|Peter|Laura|David|علي|مریم|رضا|زهرا|حسین|ناهيد|كاوه|شیرین".split("|")
LAST = "Smith|Brown|Rossi|Weber|Martin|Novak|محمدی|رضايي|كريمي|حسینی|نوری|اکبری|شریفی|صادقي".split(
    "|"
)
SUBJECTS = [
    "Order follow-up",
    "پیگیری سفارش",
    "Late delivery",
    "تأخير در تحويل",
    "Price list",
    "لیست قیمت جدید",
    "Renewal of the contract",
    "تمدید قرارداد",
    "Question about an invoice",
    "سؤال درباره فاکتور",
]


def identifier(kind, number):
    """An id as the CRM makes them, but readable."""
    return f"{kind}{number:04d}-5f1e-4c2b-9d3a-{number * 7919 % 10**12:012d}"


class Sample:
    """All rows, made in the order in which they refer to each other."""

    def __init__(self):
        self.random = random.Random(1403)  # noqa: S311 (a sample, not a secret)
        self.accounts = [identifier("a", n) for n in range(1, 31)]
        self.contacts = [identifier("c", n) for n in range(1, 61)]
        self.opportunities = [identifier("o", n) for n in range(1, 26)]
        self.cases = [identifier("k", n) for n in range(1, 21)]

    def user(self):
        return self.random.choice(USERS)

    def subject(self):
        return self.random.choice(SUBJECTS)

    def gregorian(self, form="%Y-%m-%d %H:%M:%S"):
        day = self.random.randint(1, 28)
        values = (self.random.randint(2023, 2025), self.random.randint(1, 12), day)
        hour, minute = self.random.randint(8, 17), self.random.choice((0, 15, 30, 45))
        if form == "us":
            half = "am" if hour < 12 else "pm"
            return (
                "{1:02d}/{2:02d}/{0} ".format(*values)
                + f"{hour % 12 or 12:02d}:{minute:02d} {half}"
            )
        return "{}-{:02d}-{:02d} ".format(*values) + f"{hour:02d}:{minute:02d}:00"

    def jalali(self, clock=True, persian=True):
        text = f"{self.random.randint(1400, 1404)}/{self.random.randint(1, 12):02d}"
        text += f"/{self.random.randint(1, 29):02d}"
        if clock:
            text += f" {self.random.randint(8, 17):02d}:{self.random.choice((0, 20, 40)):02d}"
        return text.translate(PERSIAN_DIGITS) if persian else text

    def account_rows(self):
        yield (
            "ID|Name|Date Created|Date Modified|Modified By Name|Assigned User Name|Type|Industry|"
            "Office Phone|Alternate Phone|Fax|Website|Email Address|Billing Street|Billing City|"
            "Billing State|Billing Postal Code|Billing Country|Description|Deleted"
        ).split("|")
        for number, (row_id, text) in enumerate(zip(self.accounts, COMPANIES, strict=True), 1):
            name, city, country = text.split("|")
            phone = f"'+98 21 8{number:03d} {number * 37 % 10000:04d}"
            if number % 2 == 0:
                phone = f"۰۲۱-{88000000 + number * 1234}".translate(PERSIAN_DIGITS)
            other = f"+98 912 {number:07d}" if number % 5 == 0 else ""
            street = f"No. {number}, Main Street" if number % 2 else f"خيابان آزادي، پلاک {number}"
            note = "Pays late.\nCall before Thursday." if number % 7 == 0 else ""
            yield [
                *(row_id, name, self.gregorian("us"), self.gregorian("us"), "Mitchell Admin"),
                *(self.user(), "Customer", self.random.choice(["Retail", "تولید", ""])),
                *(phone, other, "", f"https://company{number}.example.com"),
                *(f"info@company{number}.example.com", street, city, "", f"{10000 + number}"),
                *(country, note, "0"),
            ]
        yield [identifier("a", 91), "", *[""] * 17, "0"]  # no name
        yield [self.accounts[2], "Pars Packaging (again)", *[""] * 17, "0"]  # id twice
        yield [identifier("a", 92), "Old Customer Ltd", *[""] * 17, "1"]  # deleted
        yield ["", "Nameless id", *[""] * 17, "0"]  # no id

    def contact_rows(self):
        yield (
            "ID|First Name|Last Name|Title|Account ID|Account Name|Assigned User Name|"
            "Email Address|Office Phone|Mobile|Primary Address Street|Primary Address City|"
            "Primary Address Country|Department|Description|Date Created"
        ).split("|")
        for number, row_id in enumerate(self.contacts, 1):
            account = (number - 1) % 30
            half = 0 if number % 2 else 7
            first = FIRST[half + number % 6]
            last = LAST[half + number % 7]
            by_id = number % 3
            name = COMPANIES[account].split("|")[0] if not by_id else ""
            yield [
                *(row_id, first, last, "Buyer" if number % 2 else "مدير خريد"),
                *(self.accounts[account] if by_id else "", name, self.user()),
                *(f"person{number}@company{account + 1}.example.com", ""),
                f"0912{number:07d}".translate(PERSIAN_DIGITS) if half else f"0912{number:07d}",
                *("", "", "", "Purchasing" if number % 4 == 0 else "", ""),
                self.jalali(clock=False) if half else self.gregorian("us"),
            ]
        yield [identifier("c", 91), "Lost", "Soul", "", identifier("a", 999), *[""] * 11]
        yield [identifier("c", 92), "", "", "", self.accounts[0], *[""] * 11]
        yield [identifier("c", 93), "By", "Name", "", "", "No Such Company", *[""] * 10]

    def opportunity_rows(self):
        yield (
            "id;name;date_entered;assigned_user_name;account_id;amount;currency_id;date_closed;"
            "sales_stage;probability;lead_source;next_step;description"
        ).split(";")
        stages = ["Prospecting", "Qualification", "Proposal/Price Quote", "Negotiation/Review"]
        stages += ["Closed Won", "Closed Lost"]
        for number, row_id in enumerate(self.opportunities, 1):
            closing = f"202{5 + number % 2}-{number % 12 + 1:02d}-15"
            if number % 3 == 0:
                closing = f"1404/{number % 12 + 1:02d}/20"
            yield [
                *(row_id, self.subject(), self.gregorian(), self.user()),
                *(self.accounts[number % 30], f"{number * 1250:,}.50", "-99", closing),
                *(stages[number % 6], str(number * 4), "Web Site" if number % 2 else "", "", ""),
            ]
        account = self.accounts[3]
        yield [identifier("o", 91), "In euro", "", "", account, "10", "EUR", *[""] * 6]
        yield [identifier("o", 92), "Strange stage", "", "", account, "10", "-99", "", "Dreaming"]
        yield [identifier("o", 93), "Strange sum", "", "", account, "ten", "-99", "", "Prospecting"]

    def case_rows(self):
        yield (
            "ID|Number|Subject|Status|Priority|Type|Account ID|Date Created|Assigned User Name|"
            "Description|Resolution"
        ).split("|")
        for number, row_id in enumerate(self.cases, 1):
            status = ["New", "Assigned", "Closed", "Pending Input", "بسته شده"][number % 5]
            yield [
                *(row_id, str(100 + number), self.subject(), status, "High", "Product"),
                *(self.accounts[number], self.jalali() if number % 2 else self.gregorian("us")),
                *(self.user(), "کالا شكسته رسيد" if number % 2 else "Arrived broken", ""),
            ]
        yield [identifier("k", 91), "191", "No customer", "New", "", "", "", self.jalali()]

    def call_rows(self):
        yield (
            "id;name;date_entered;assigned_user_name;duration_hours;duration_minutes;date_start;"
            "parent_type;parent_id;contact_id;status;direction;description"
        ).split(";")
        for number in range(1, 71):
            kind, parent = self.random.choice(
                [("Accounts", self.accounts), ("Contacts", self.contacts)]
                + [("Opportunities", self.opportunities), ("Cases", self.cases)]
            )
            status = "Held" if number % 6 else "Not Held"
            start = self.jalali() if number % 2 else self.gregorian()
            if number > 66:
                status, start = "Planned", f"2035-0{number - 64}-10 09:30:00"
            yield [
                *(identifier("p", number), self.subject(), self.gregorian(), self.user()),
                *(str(number % 2), str(number % 4 * 15), start, kind, self.random.choice(parent)),
                *(self.random.choice(self.contacts) if number % 5 == 0 else "", status),
                *("Inbound" if number % 3 else "Outbound", "" if number % 4 else "پیام گذاشته شد."),
            ]
        bad = ["Dirty call", "", "", "0", "15"]
        account = ["Accounts", self.accounts[0], "", "Held", "Inbound", ""]
        yield [identifier("p", 91), *bad, "1403/12/31 10:00", *account]  # 1403 ends on the 30th
        yield [identifier("p", 92), *bad, "", *account]
        yield [identifier("p", 93), *bad, "1404/12/30 10:00", *account]  # 1404 ends on the 29th
        yield [identifier("p", 94), *bad, "2024-05-05 10:00:00", "Leads", "l1", "", "Held", "", ""]
        yield [
            identifier("p", 95),
            "Never made",
            "",
            "",
            "",
            "",
            "2024-05-05",
            *account[:3],
            "Planned",
        ]
        yield [identifier("p", 96), *bad[:4], "-15", "2024-05-05 10:00:00", *account]
        yield [identifier("p", 97), *bad, "2024-05-05 10:00:00", *account[:4], "Sideways", ""]

    def meeting_rows(self):
        yield (
            "شناسه|موضوع|وضعیت|تاریخ شروع|ساعت|دقیقه|مرتبط با نوع|شناسه مرتبط|مسئول|مکان|توضیحات"
        ).split("|")
        for number in range(1, 46):
            account = number % 2
            yield [
                *(identifier("m", number), self.subject(), "برگزار شده", self.jalali()),
                *("۱", "۳۰", "حساب" if account else "مخاطب"),
                self.random.choice(self.accounts if account else self.contacts),
                *(self.user(), "دفتر مشتري" if number % 3 else "", ""),
            ]
        row = [identifier("m", 91), "جلسه", "برگزار شده", "۱۴۰۳/۱۳/۰۱", "", "", "حساب"]
        yield [*row, self.accounts[1], "", "", ""]
        row = [identifier("m", 92), "جلسه", "برگزار شده", "۱۴۰۳/۰۱/۰۱", "", "", "حساب"]
        yield [*row, identifier("a", 91), "", "", ""]  # its account was rejected

    def email_rows(self):
        yield (
            "id,name,date_sent_received,type,status,from_addr_name,to_addrs_names,parent_type,"
            "parent_id,description"
        ).split(",")
        for number in range(1, 31):
            account = number % 30
            person = f"person{account + 1}@company{account + 1}.example.com"
            ours = "Sales <sales@ours.example.com>"
            inbound = number % 2
            sender, receiver = (person, ours) if inbound else (ours, person)
            parent = ("Accounts", self.accounts[account]) if number % 3 else ("", "")
            yield [
                *(identifier("e", number), self.subject(), self.gregorian()),
                *("inbound" if inbound else "out", "read", sender, receiver, *parent),
                "Dear all,\n\nplease see below.\nدرود فراوان",
            ]
        rest = ["a@nowhere.example.com", "b@nowhere.example.com", "", "", ""]
        yield [identifier("e", 91), "Draft", "2024-01-01 10:00:00", "draft", "draft", *rest]
        yield [identifier("e", 92), "Stranger", "2024-01-01 10:00:00", "inbound", "read", *rest]

    def note_rows(self):
        yield (
            "ID,Subject,Date Created,Created By Name,Parent Type,Parent ID,Contact ID,Filename,"
            "Description"
        ).split(",")
        for number in range(1, 36):
            yield [
                *(identifier("n", number), self.subject(), self.gregorian(), "Marc Demo"),
                *("Account", self.random.choice(self.accounts)),
                self.random.choice(self.contacts) if number % 4 == 0 else "",
                *("contract.pdf" if number % 9 == 0 else "", "مهم" if number % 2 else "To do."),
            ]
        yield [
            identifier("n", 91),
            "Bad day",
            "2024-02-30 10:00:00",
            "",
            "Account",
            self.accounts[0],
        ]


def write(name, rows, encoding="utf-8-sig", delimiter=","):
    """Write one file; short rows are filled up."""
    header, *rest = rows
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([[*row, *[""] * (len(header) - len(row))] for row in rest])
    (FOLDER / name).write_bytes(stream.getvalue().encode(encoding))


def main():
    FOLDER.mkdir(exist_ok=True)
    sample = Sample()
    write("Accounts.csv", sample.account_rows())
    write("Contacts.csv", sample.contact_rows())
    write("Opportunities.csv", sample.opportunity_rows(), "utf-8", ";")
    write("Cases.csv", sample.case_rows())
    write("calls.csv", sample.call_rows(), "utf-8", ";")
    write("Meetings.csv", sample.meeting_rows(), "utf-16", "\t")
    write("Emails.csv", sample.email_rows(), "utf-8")
    write("Note.csv", sample.note_rows())


if __name__ == "__main__":
    main()
