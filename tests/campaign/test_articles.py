"""Articles are data with days of force; what is cited must have counted on the day of the fact."""

from datetime import date, datetime

import pytest

from campaign import services
from campaign.models import LegalArticle
from core.clock import ZONE, standing_at
from core.errors import Refused

pytestmark = pytest.mark.django_db
NOON = datetime(2012, 7, 16, 12, 0, tzinfo=ZONE)
OUTAGE = "order27-13"


@pytest.fixture(autouse=True)
def _noon(catalogues):
    with standing_at(NOON):
        yield


def test_the_catalogue_knows_the_rule_on_outage_notices_and_from_when_it_counts():
    article = LegalArticle.objects.get(code=OUTAGE)
    assert (article.law, article.article) == ("供电监管办法", "第十三条")
    assert "提前7日公告" in article.text
    assert article.valid_from == date(2010, 1, 1)
    assert not LegalArticle.objects.in_force(on=date(2009, 12, 31)).filter(code=OUTAGE).exists()
    # The ordered-use rule of 2011 gave way to another on 1 October 2023.
    old = LegalArticle.objects.in_force(on=date(2023, 9, 30))
    new = LegalArticle.objects.in_force(on=date(2023, 10, 1))
    assert old.filter(code="ordered-use-2011-order").exists()
    assert not new.filter(code="ordered-use-2011-order").exists()


def test_only_articles_in_force_on_the_day_can_be_cited():
    article = LegalArticle.objects.get(code=OUTAGE)
    assert services.cited([article], on=date(2010, 1, 1)) == [article]
    with pytest.raises(Refused, match="第十三条"):
        services.cited([article], on=date(2009, 12, 31))
    with pytest.raises(Refused, match="至少引用一条"):
        services.cited([], on=date(2012, 7, 16))
