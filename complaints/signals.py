"""News of cases for the apps above, sent inside the transaction of the change."""

from django.dispatch import Signal

# Cases were closed, or came in closed: keys (list of primary keys), now. Receivers do no long work.
cases_closed = Signal()
