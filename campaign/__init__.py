"""Special campaigns: phases, duties, reminders."""
