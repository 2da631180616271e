"""Measurements on a generated company: `./dev bench`."""
