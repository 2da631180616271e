"""Where a customer stands: RFM, segment, value class, lifecycle stage, tier."""
