-- a copy of the database sends nothing
UPDATE customer_sms_gateway SET active = FALSE, report_token = NULL;
