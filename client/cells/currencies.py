"""Currencies as they are written beside an amount. Pure functions."""

from __future__ import annotations

from .signs import ARABIC_TO_PERSIAN

RIAL, TOMAN = "IRR", "IRT"  # IRT is what people write; ISO 4217 knows the rial only
RIALS_PER_TOMAN = 10
CODES = frozenset(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP "
    "BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP "
    "GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR IRT ISK JMD JOD JPY KES KGS "
    "KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR "
    "MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF "
    "SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD "
    "TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL".split()
)
# What several currencies share, such as $, says nothing about which one it is.
WORDS = {
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "₺": "TRY",
    "₽": "RUB",
    "₪": "ILS",
    "₴": "UAH",
    "₩": "KRW",
    "zł": "PLN",
    "us$": "USD",
    "c$": "CAD",
    "a$": "AUD",
    "r$": "BRL",
    "$": "",
    "¥": "",
    "kr": "",
    "rs": "",
    "fr": "",
    "tl": "TRY",
    "euro": "EUR",
    "euros": "EUR",
    "eur": "EUR",
    "usd": "USD",
    "gbp": "GBP",
    "irr": RIAL,
    "irt": TOMAN,
    "rial": RIAL,
    "rials": RIAL,
    "rls": RIAL,
    "﷼": RIAL,
    "ریال": RIAL,
    "toman": TOMAN,
    "tomans": TOMAN,
    "تومان": TOMAN,
    "تومن": TOMAN,
    "یورو": "EUR",
    "پوند": "GBP",
    "دلار": "",
    "درهم": "AED",
    "لیر": "TRY",
}


def currency_of(word: str) -> str | None:
    """Code of a currency's code, sign or name; empty for an open one, None for any other word."""
    if word in CODES:
        return word
    return WORDS.get(word.translate(ARABIC_TO_PERSIAN).casefold().rstrip("."))
