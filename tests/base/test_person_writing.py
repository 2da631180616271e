import random
import re

from odoo.tests import tagged

from ...models.base.folded_text import TO_ASCII_DIGITS
from ...models.privacy.personal_text import get_likes, get_pattern, get_words, mask
from ..common import CustomerValueCommon


@tagged("post_install", "-at_install")
class TestPersonWriting(CustomerValueCommon):
    """Who is to be erased is found however names, addresses and numbers are written."""

    def test_however_a_person_is_written(self):
        self.env["res.partner"].create(
            {"name": "Zara Qobadi", "email": "zara@qobadi.example", "phone": "+49 30 5557 0147"}
        )
        self.env["res.partner"].create({"name": "علی‌رضا کریمی", "email": "ali@karimi.example"})
        numbers = ("0049 30 555 70 147", "030/55570147", "(030) 5557-0147", "+49.30.5557.0147")
        others = ("55570148", "5557014", "555701471", "Zaras Qobadi", "Qobadi Zara", "رضا کریمی")
        texts = {
            "Zara Qobadi": (
                *numbers,
                *("Zara\u00a0Qobadi", "ZARA  QOBADI", "Qobadi, Zara", "Zara\u200e Qobadi"),
                *("<b>Zara</b> Qobadi", "Zara&nbsp;Qobadi", "<p>Zara <i>Qobadi</i></p>"),
                *("zara%40qobadi.example", "Zara (at) Qobadi.example", "۰۳۰۵۵۵۷۰۱۴۷"),
            ),
            "علی‌رضا کریمی": ("علی رضا كريمي", "عليرضا كريمى", "کریمی، علی رضا کریمی"),
        }
        for name, spellings in texts.items():
            records = {
                text: self.env["customer.interaction"].create(
                    {"subject": f"x {text} y", "partner_id": self.customer.id}
                )
                for text in (*spellings, *others)
            }
            self.env["privacy.lookup.wizard"].create(
                {"name": name, "email": "zara@qobadi.example" if name[0] == "Z" else ""}
            ).action_erase_customer_value()
            self.env.invalidate_all()
            for text, record in records.items():
                with self.subTest(name=name, text=text):
                    self.assertEqual("***" in record.subject, text in spellings, record.subject)
                    self.assertTrue(record.subject.startswith("x "))
                    self.assertTrue(record.subject.endswith(" y"))

    def test_random_numbers(self):
        """However digits are grouped, of whatever script; one digit more or less is another's."""
        dice = random.Random(13)
        scripts = ("0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩")
        for _round in range(2000):
            digits = "".join(dice.choices("0123456789", k=dice.randint(9, 12)))
            pattern = get_pattern(get_words([], [f"+{digits}"]))
            written = dice.choice(("", "+", "00", "(0)", "+98 "))
            for digit in digits[dice.randint(0, len(digits) - 8) :]:
                written += dice.choice(scripts)[int(digit)] + dice.choice(("", "", " ", "-", " / "))
            written = written.strip(" -/")
            self.assertEqual(mask(f"to {written}, now", pattern), "to ***, now", digits)
            likes = get_likes(get_words([], [f"+{digits}"]))
            plain = written.translate(TO_ASCII_DIGITS)
            self.assertTrue(re.fullmatch(likes[0].replace("%", ".*"), plain), (likes, plain))
            for other in (f"{digits}{dice.randint(0, 9)}", digits[-7:]):
                self.assertEqual(mask(other, pattern), other)
