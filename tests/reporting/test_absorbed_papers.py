"""What an absorbed office had on its way is finished by the office that goes on with its work."""

import pytest

from accounts.services import merge
from core import clock
from reporting.models import Circular
from tests.factories import accounts
from tests.factories.circulars import NOW, drafted, issued, proven, services
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def test_a_circular_waits_for_the_office_and_the_company_that_go_on(client, catalogues):
    writer = accounts.member("SERC-NF", "regulator_officer")
    lead = accounts.member("SERC-NF", "regulator_lead")
    heir, other = (accounts.member(one, "regulator_lead") for one in ("SERC-YN", "SERC-GZ"))
    company, stranger = (accounts.member(one, "company_filer") for one in ("CSG-GX", "CSG-HI"))
    for number in ("C-1", "C-2"):
        proven(number)
    out = issued(writer, lead, "C-1")
    waiting = drafted(writer, "C-2", title="关于停电抢修的通报", occasion="b")
    services.desk.move(waiting, services.workflow.SUBMIT, by=writer, now=NOW)
    told = out.addressees.get()

    def sees(person, words):
        client.force_login(person)
        return words in text_of(client.get("/"))

    with clock.standing_at(NOW):
        assert not sees(heir, "关于停电抢修的通报")
        assert not sees(company, out.document_number)
        for old, new in ((accounts.organisation("SERC-NF"), heir), (told, company)):
            merge(organisation=old, into=new.home, on=clock.day_of(NOW), by=None, now=NOW)
        assert (sees(heir, "关于停电抢修的通报"), sees(other, "关于停电抢修的通报")) == (
            True,
            False,
        )
        assert sees(company, out.document_number)
        assert not sees(stranger, out.document_number)
        # And each can do it from there.
        client.force_login(heir)
        page = client.get(f"/circulars/{waiting.pk}/")
        assert page.status_code == 200
        answer = client.post(f"/circulars/{waiting.pk}/approve/", {"seen": 1})
        assert answer.status_code == 302
        client.force_login(company)
        assert client.post(f"/circulars/{out.pk}/sign/").status_code == 302
        client.force_login(stranger)
        assert client.get(f"/circulars/{out.pk}/").status_code == 404
    assert Circular.objects.get(pk=waiting.pk).state == "approved"
    assert out.receipts.get().signed_by == company
