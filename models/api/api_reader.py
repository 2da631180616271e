from ..base.input_reader import InputReader
from .api_error import InvalidInput


class ApiReader(InputReader):
    """Reads the arguments of a method for other programs."""

    error = InvalidInput
