"""Words of the lists by era: what published bulletins print is taken in, and comes out again."""

from datetime import timedelta
from itertools import count

import pytest

from complaints import services
from complaints.models import Case, Term
from core import clock
from tests.bulletins import published
from tests.factories.accounts import organisation
from tests.factories.complaints import at, record

pytestmark = pytest.mark.django_db
KINDS = {
    "nature": "nature",
    "channel": "channel",
    "industry": "industry",
    "category": "business",
    "target": "target",
    "outcome": "outcome",
}
# Words of the published texts that mean the same as the label of the list.
PRINTED_ALSO = {
    ("target", "承装修试企业"): "承装(修、试)电力设施企业",
    ("target", "地方电力企业"): "其他地方电力企业",
    ("target", "其他"): "其他市场主体",
}


def worded(bulletin):
    """Every combination of words that the cases of a bulletin carry, once."""
    made = published.records_of(bulletin)
    now = [one for one in made.records if one.when == "now"]
    return sorted({tuple(getattr(one, name) for name in KINDS.values()) for one in now})


@pytest.mark.parametrize("name", published.IDS)
def test_every_published_word_is_taken_in_and_keeps_its_label(catalogues, name):
    bulletin = published.load(name)
    day = published.span(bulletin)[0]
    received = clock.at(day, 10)
    numbers = count(1)
    records = []
    for words in worded(bulletin):
        fields = dict(zip(KINDS, words, strict=True))
        fields["channel"] = fields["channel"] or "电子邮件"
        fields["industry"] = fields["industry"] or "电力"
        records.append(services.Record(f"W{next(numbers)}", received_at=received, **fields))
    office = organisation(published.OFFICES[bulletin["issuer"]])
    results = services.receive_many(
        records, source="12398", owner=office, now=received + timedelta(days=1)
    )
    assert [one.errors for one in results if one.status != 201] == []
    cases = {case.number: case for case in Case.objects.all()}
    for kind in KINDS:
        labels = dict(Term.objects.of(kind).on(day).values_list("code", "label"))
        for made in records:
            word, code = getattr(made, kind), getattr(cases[made.number], kind)
            assert labels.get(code, "") == PRINTED_ALSO.get((kind, word), word)


def test_a_word_counts_in_its_own_days_only(catalogues):
    said = {"channel": "12398短信", "category": "节能减排", "industry": "电力"}
    received = at("2012-07-02 09:00")
    (first,) = services.receive_many(
        [record(received_at=received, nature="投诉", **said)],
        source="12398",
        owner=organisation("SERC-NF"),
        now=received,
    )
    assert first.status == 201
    later = at("2018-07-02 09:00")
    (second,) = services.receive_many(
        [record(received_at=later, nature="投诉", **said)],
        source="12398",
        owner=organisation("SERC-NF"),
        now=later,
    )
    assert second.errors == {
        "channel": "反映渠道“12398短信”不在当时的目录中。",
        "category": "业务类别“节能减排”不在当时的目录中。",
    }


def test_width_and_blanks_of_a_word_make_no_difference(catalogues):
    received = at("2025-04-02 09:00")
    case, _new = services.receive(
        record(
            received_at=received, channel="移动应用程序（ＡＰＰ） ", target="湖南新华供电有限公司"
        ),
        source="12398",
        owner=organisation("SERC-HUN"),
        by=None,
        now=received,
    )
    assert (case.channel, case.target) == ("app", "hunan_xinhua")
