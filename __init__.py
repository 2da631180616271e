from . import models, reports, wizards
from .hooks import post_init_hook, uninstall_hook

__all__ = ["models", "post_init_hook", "reports", "uninstall_hook", "wizards"]
