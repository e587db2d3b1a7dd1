"""Pure arithmetic on outages: rules, judgement of notices, hours without power, detection."""
