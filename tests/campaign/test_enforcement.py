"""The enforcement register: step after step, signed by another, published without persons."""

from datetime import date

import pytest

from accounts.services import merge
from campaign import enforcement_documents
from campaign.models import (
    EnforcementClosing,
    EnforcementDisclosure,
    EnforcementMatter,
    EnforcementStep,
    LegalArticle,
    RectificationItem,
)
from campaign.services import rectification
from campaign.services import rectification_moves as moves
from core import clock
from core.models import AuditEvent, Letter
from tests.factories import accounts
from tests.factories.campaign import launched_campaign
from tests.reading import text_of

pytestmark = pytest.mark.django_db
OPENED = clock.at(date(2011, 12, 1), 9)
# Two days after the item's day.
LATE = clock.at(date(2011, 12, 22), 9)


@pytest.fixture
def world(client, catalogues):
    return World(client)


class World:
    """An item that is overdue, and the people around it."""

    def __init__(self, client):
        self.client = client
        self.campaign = launched_campaign()
        self.officer = accounts.member("SERC-NF", "regulator_officer")
        self.lead = accounts.member("SERC-NF", "regulator_lead")
        self.filer = accounts.member("CSG-GD-ZQ", "company_filer", name="赵整改")
        self.item = self.opened(self.campaign)

    def opened(self, campaign, due=date(2011, 12, 20), unit="CSG-GD-ZQ"):
        return rectification.open_item(
            campaign=campaign,
            source_kind="inspection",
            source_ref="检查3号",
            unit=accounts.organisation(unit),
            problem="抢修到达时限未公示",
            due_on=due,
            by=None,
            now=OPENED,
        )

    def reported(self, item):
        """Another item of the same unit, waiting for the office to check it."""
        made = self.opened(None, due=date(2011, 12, 30), unit=item.unit.code)
        RectificationItem.objects.filter(pk=made.pk).update(state="reported", reported_at=LATE)
        return made

    def post(self, user, url, **said):
        self.client.force_login(user)
        return self.client.post(f"/enforcement/{url}", said)

    def get(self, user, url):
        self.client.force_login(user)
        return self.client.get(url)

    def matter(self, *items):
        said = {"items": [one.pk for one in items or (self.item,)]}
        said |= {"title": "抢修时限不公示且逾期不改", "cause": "两次催办仍未整改"}
        assert self.post(self.officer, "new/", **said).status_code == 302
        return EnforcementMatter.objects.latest("pk")

    def draft(self, matter, measure, by=None, **more):
        said = {"measure": measure, "facts": "逾期未整改", "demands": "限期改正"}
        said |= {"due_on": "2012-01-10", **more}
        return self.post(by or self.officer, f"{matter.pk}/draft/", **said)

    def issue(self, by):
        step = EnforcementStep.objects.latest("pk")
        return self.post(by, f"documents/{step.pk}/issue/")


@pytest.mark.clause("S1-3.3.6(2)")
def test_each_step_needs_the_one_before_it_or_a_written_reason(world):
    with clock.standing_at(clock.at(date(2011, 12, 20), 22)):
        # On its own day the item is not overdue: nothing can begin.
        said = {"items": [world.item.pk], "title": "x", "cause": "x"}
        assert world.post(world.officer, "new/", **said).status_code == 422
    article = LegalArticle.objects.in_force(on=date(2011, 12, 22)).first()
    with clock.standing_at(LATE):
        matter = world.matter()
        # Whom it is about learns of it with the first document that goes out.
        assert world.get(world.filer, f"/enforcement/{matter.pk}/").status_code == 404
        leap = world.draft(matter, "order", articles=[article.pk])
        assert (leap.status_code, "尚未约谈" in text_of(leap)) == (409, True)
        assert world.draft(matter, "talk").status_code == 302
        assert world.draft(matter, "talk").status_code == 409
        assert "执法文书待签发" in text_of(world.get(world.lead, "/"))
        # Its drafter does not sign it, and a company has nothing to sign.
        assert world.issue(world.officer).status_code == 409
        assert world.issue(world.filer).status_code == 404
        assert world.issue(world.lead).status_code == 302
        assert Letter.objects.filter(
            kind="enforcement.issued", recipient_id=world.filer.pk
        ).exists()
        talk = EnforcementStep.objects.get()
        assert "南电监〔2011〕1号" in text_of(world.get(world.filer, "/"))
        assert (
            world.post(world.filer, f"documents/{talk.pk}/answer/", answer="已整改部署").status_code
            == 302
        )
        # An order names its article; numbers follow one another in all of the office.
        assert world.draft(matter, "order").status_code == 409
        assert world.draft(matter, "order", articles=[article.pk]).status_code == 302
        assert world.issue(world.lead).status_code == 302
        # From order straight to penalty: only with the reason, which stays on the page.
        penalty = {"articles": [article.pk], "skip_reason": "拒不整改，情节严重"}
        assert world.draft(matter, "penalty", articles=[article.pk]).status_code == 409
        assert world.draft(matter, "penalty", **penalty).status_code == 302
        assert world.issue(world.lead).status_code == 302
        shown = text_of(world.get(world.officer, f"/enforcement/{matter.pk}/"))
        for words in ("拒不整改，情节严重", "南电监〔2011〕3号", "已整改部署", str(article)):
            assert words in shown
        assert "已整改部署" in text_of(world.get(world.filer, f"/enforcement/{matter.pk}/"))
        docx = world.get(world.filer, f"/enforcement/documents/{talk.pk}/file.docx")
        assert docx.content[:2] == b"PK"
    assert [one.measure for one in matter.steps.out()] == ["talk", "order", "penalty"]


@pytest.mark.clause("S1-3.3.6(2)")
def test_a_matter_with_items_that_are_not_written_off_ends_by_two_people_only(world):
    with clock.standing_at(LATE):
        matter = world.matter()
        page, end = f"/enforcement/{matter.pk}/", f"{matter.pk}/close/"
        said = {"conclusion": "企业已停业，不再追究"}
        # With something unfinished the conclusion must say why, and it is only proposed.
        assert world.post(world.officer, end, **said).status_code == 422
        assert world.post(world.officer, end, why="企业注销", **said).status_code == 302
        matter.refresh_from_db()
        assert matter.state == "open"
        assert world.post(world.officer, end, why="再提", **said).status_code == 409
        assert world.draft(matter, "talk").status_code == 409
        first = EnforcementClosing.objects.get()
        door = f"closings/{first.pk}/"
        shown = text_of(world.get(world.lead, page))
        for words in ("结案待批准", world.officer.name, "企业注销", world.item.number):
            assert words in shown
        assert "结案待批准" in text_of(world.get(world.lead, "/enforcement/"))
        # The company reads of it when it has ended.
        assert "结案待批准" not in text_of(world.get(world.filer, "/enforcement/"))
        told = Letter.objects.filter(kind="enforcement.closing", channel="notice")
        assert [one.recipient_id for one in told] == [world.lead.pk]
        assert "执法结案待批准" in text_of(world.get(world.lead, "/"))
        # Nobody of the company decides, nor who proposed it; a refusal needs its reason.
        assert world.post(world.filer, f"{door}approve/").status_code in (403, 404)
        assert world.post(world.officer, f"{door}approve/").status_code == 409
        assert world.post(world.lead, f"{door}withdraw/").status_code == 409
        assert world.post(world.lead, f"{door}refuse/").status_code == 409
        refused = {"reason": "继续督促整改"}
        assert world.post(world.lead, f"{door}refuse/", **refused).status_code == 302
        assert world.post(world.lead, f"{door}approve/").status_code == 409
        assert told.filter(recipient_id=world.officer.pk).count() == 1
        # Taken back by who proposed it, then proposed once more and agreed to.
        world.post(world.officer, end, why="拟结案", **said)
        back = f"closings/{EnforcementClosing.objects.waiting().get().pk}/withdraw/"
        assert world.post(world.officer, back).status_code == 302
        world.post(world.officer, end, why="营业执照已注销", **said)
        door = f"closings/{EnforcementClosing.objects.waiting().get().pk}/"
        assert world.post(world.lead, f"{door}approve/").status_code == 302
        matter.refresh_from_db()
        assert (matter.state, matter.closed_by) == ("closed", world.lead)
        shown = text_of(world.get(world.officer, page))
        for words in ("继续督促整改", "企业已停业，不再追究", "营业执照已注销", "已撤回"):
            assert words in shown
        assert "结案待批准" not in shown
        kinds = set(AuditEvent.objects.about(matter).values_list("kind", flat=True))
    assert {f"enforcement.{one}_close" for one in ("ask", "refuse", "unask")} < kinds
    # With everything written off one person ends it.
    rectified = world.opened(None, due=date(2011, 12, 10))
    with clock.standing_at(LATE):
        matter = world.matter(rectified)
        times = dict.fromkeys(("reported_at", "verified_at", "closed_at"), LATE)
        RectificationItem.objects.filter(pk=rectified.pk).update(state="closed", **times)
        assert world.post(world.officer, f"{matter.pk}/close/", **said).status_code == 302
    assert EnforcementMatter.objects.get(pk=matter.pk).closed_by == world.officer


def test_what_an_absorbed_office_left_undone_stands_on_the_desk_of_the_one_that_goes_on(world):
    world.officer = accounts.member("SERC-GZ", "regulator_officer")
    item = world.opened(None, unit="CSG-GZ")
    heir, other = (accounts.member(one, "regulator_lead") for one in ("SERC-YN", "SERC-SC"))
    with clock.standing_at(LATE):
        matter = world.matter(item)
        world.draft(matter, "talk")
        lines = ("执法文书待签发", f"核查：{world.reported(item).number}")
        for line in lines:
            assert line not in text_of(world.get(heir, "/"))
        old, into = (accounts.organisation(one) for one in ("SERC-GZ", "SERC-YN"))
        merge(organisation=old, into=into, on=clock.day_of(LATE), by=None, now=LATE)
        for line in lines:
            assert line in text_of(world.get(heir, "/"))
            assert line not in text_of(world.get(other, "/"))
        # And it can be done from there.
        assert world.issue(heir).status_code == 302
        assert "执法文书待签发" not in text_of(world.get(heir, "/"))


@pytest.mark.clause("S1-1.1.2c")
def test_a_second_person_approves_what_the_public_reads_and_no_person_is_in_it(world):
    with clock.standing_at(LATE):
        plan = {"responsible_unit": world.item.unit, "responsible_person": world.filer}
        moves.plan(item=world.item, measure="公示", by=world.filer, now=LATE, **plan)
        matter = world.matter()
        said = {
            "title": "肇庆供电局逾期不整改",
            "text": "责任人赵整改，电话13812345678，未按期整改。",
        }
        # Nothing to publish before a document went out.
        assert world.post(world.officer, f"{matter.pk}/disclose/", **said).status_code == 409
        world.draft(matter, "talk")
        world.issue(world.lead)
        assert world.post(world.officer, f"{matter.pk}/disclose/", **said).status_code == 302
        one = EnforcementDisclosure.objects.get()
        public = f"/public/enforcement/{one.pk}/"
        url = f"disclosures/{one.pk}/publish/"
        assert world.client.get(public).status_code == 404
        assert world.post(world.officer, url).status_code == 409
        assert world.post(world.lead, url).status_code == 302
        world.client.logout()
        shown = text_of(world.client.get(public))
        assert "未按期整改" in shown
        assert "赵整改" not in shown
        assert "13812345678" not in shown
        assert "138" not in EnforcementDisclosure.objects.get().text
        assert "肇庆供电局逾期不整改" in text_of(world.client.get("/public/enforcement/"))
        back = f"disclosures/{one.pk}/take-back/"
        assert world.post(world.lead, back).status_code == 409
        assert world.post(world.officer, back, reason="文字有误").status_code == 302
        # Two people put it out: until another agrees it stays, and who asked does not decide.
        recall = f"disclosures/{one.pk}/recall/"
        assert world.client.get(public).status_code == 200
        assert world.post(world.officer, back, reason="再提").status_code == 409
        assert world.post(world.officer, recall).status_code == 409
        assert "执法公开待撤回" in text_of(world.get(world.lead, "/"))
        assert world.post(world.lead, f"disclosures/{one.pk}/keep/").status_code == 302
        assert world.client.get(public).status_code == 200
        assert world.post(world.officer, back, reason="文字有误").status_code == 302
        shown = text_of(world.get(world.lead, f"/enforcement/{matter.pk}/"))
        assert "待撤回公开" in shown
        assert world.post(world.lead, recall).status_code == 302
        world.client.logout()
        assert world.client.get(public).status_code == 404


@pytest.mark.clause("S1-2.2.3")
def test_the_history_of_an_enterprise_spans_campaigns(world):
    other = world.opened(None, due=date(2011, 12, 10))
    ahead = world.opened(world.campaign, due=date(2012, 1, 20))
    with clock.standing_at(LATE):
        first, second = world.matter(), world.matter(other)
        for matter in (first, second):
            # A number that was typed before the office's series gave them out is passed over.
            EnforcementStep.objects.update(document_number="南电监〔2011〕2号")
            world.draft(matter, "talk")
            world.issue(world.lead)
        page = world.get(world.officer, "/enforcement/history/CSG-GD-ZQ/")
        rows = {row["campaign"]: row for row in page.context["rows"]}
        assert (rows[world.campaign.pk]["total"], rows[world.campaign.pk]["late"]) == (2, 1)
        assert (rows[None]["total"], rows[None]["late"]) == (1, 1)
        shown = text_of(page)
        assert "南电监〔2011〕2号" in shown
        assert "南电监〔2011〕3号" in shown
        assert world.campaign.name in shown
        # Another company's people read nothing of it.
        stranger = accounts.member("CSG-GX", "company_filer")
        assert world.get(stranger, "/enforcement/history/CSG-GD-ZQ/").status_code == 404
    assert RectificationItem.objects.get(pk=ahead.pk).enforcement_matters.count() == 0


def test_a_document_is_signed_while_it_is_right_and_says_for_good_what_it_said_then(world):
    with clock.standing_at(LATE):
        matter = world.matter()
        world.draft(matter, "talk")
    with clock.standing_at(clock.at(date(2012, 1, 11), 9)):
        # Its day to answer by was yesterday.
        refused = world.issue(world.lead)
        assert (refused.status_code, "反馈期限不能早于今天" in text_of(refused)) == (409, True)
    with clock.standing_at(LATE):
        assert world.issue(world.lead).status_code == 302
        page = world.get(world.lead, f"/enforcement/{matter.pk}/")
        assert [one["lamp"] for one in page.context["steps"]] != ["late"]
    talk = EnforcementStep.objects.get()
    before = enforcement_documents.to_docx(enforcement_documents.document(talk))
    moves.ask_extension(
        item=world.item, due_on=date(2012, 1, 5), reason="材料未到货", by=world.filer, now=LATE
    )
    asked = world.item.extensions.get().pk
    decision = {"asked": asked, "grant": True, "opinion": ""}
    moves.decide_extension(item=world.item, **decision, by=world.lead, now=LATE)
    talk = EnforcementStep.objects.get()
    assert enforcement_documents.to_docx(enforcement_documents.document(talk)) == before
