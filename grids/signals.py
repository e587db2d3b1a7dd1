"""News of grids for the apps above, sent inside the transaction of the change."""

from django.dispatch import Signal

# A grid has another manager for good: grid, former and successor (GridMember; either may be None),
# by, now. Sent when the change takes effect, which may be later than its acceptance.
manager_changed = Signal()
