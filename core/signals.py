"""News that the common mechanisms send upwards. Received in ``receivers.py`` of upper apps."""

from django.dispatch import Signal

# A year got another calendar: year (int), days (frozenset of dates that changed between work and
# rest; empty when a provisional year was only confirmed), now (datetime). Sent inside the
# transaction of the change: receivers post a job, they do no long work.
calendar_changed = Signal()
