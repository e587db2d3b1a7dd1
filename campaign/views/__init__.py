"""Pages of campaigns."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from accounts.permissions import Permission
from core import policy


@policy.needs(Permission.CAMPAIGN_VIEW)
def home(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """To come."""
    return HttpResponse(status=404)


campaign_list = duty = meeting = document = home
