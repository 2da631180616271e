"""Who sees what (docs/architecture.md, *Access*), as ``groups`` of fields.

Tier, segment and stage are for everybody who works with customers; revenue and payment for
those who may read all sales documents; cost and profit for managers and accountants.
"""

ACCOUNTING = "account.group_account_readonly,account.group_account_invoice"
MANAGER = "customer_value.customer_value_group_manager"
USER = "customer_value.customer_value_group_user"

# Links and marks we need on documents of others: customers in the portal see the document only.
GROUPS_EMPLOYEES = "base.group_user"
GROUPS_STANDING = f"{USER},{ACCOUNTING}"
GROUPS_REVENUE = f"sales_team.group_sale_salesman_all_leads,{MANAGER},{ACCOUNTING}"
# Which transfer it was: for those who may read transfers.
GROUPS_DELIVERIES = f"stock.group_stock_user,sales_team.group_sale_salesman,{MANAGER}"
GROUPS_PROFIT = f"{MANAGER},{ACCOUNTING}"
# Everybody may read companies; what serving a customer costs is not for everybody.
GROUPS_SETTINGS = f"{MANAGER},base.group_system"
