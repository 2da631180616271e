from . import test_profile_sales
