import base64
import binascii
import json
from dataclasses import asdict, dataclass

VERSION = 1
MAX_LENGTH = 200
MAX_NUMBER = 2**63 - 1


@dataclass(frozen=True)
class ChangeCursor:
    """A place in the order of changes: opaque text to other programs.

    The order is by transaction, then by profile; ``cluster`` is the database server whose
    transactions are meant.
    """

    company: int
    cluster: str
    transaction: int = -1
    profile: int = 0

    def to_text(self):
        """Return the text a program keeps."""
        content = json.dumps([VERSION, *asdict(self).values()], separators=(",", ":"))
        return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")

    @classmethod
    def from_text(cls, text):
        """Return the cursor of a text, ``None`` when it is not one of ours."""
        if not isinstance(text, str) or len(text) > MAX_LENGTH:
            return None
        try:
            raw = base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
            version, company, cluster, transaction, profile = json.loads(raw)
        except (ValueError, TypeError, RecursionError, binascii.Error):
            return None
        numbers = (version, company, transaction, profile)
        fits = all(type(number) is int and -1 <= number <= MAX_NUMBER for number in numbers)
        if not fits or version != VERSION or not isinstance(cluster, str):
            return None
        return cls(company, cluster, transaction, profile)
