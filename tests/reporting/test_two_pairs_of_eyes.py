"""Whoever wrote what stands in a version never certifies it, by whatever way it came in."""

import pytest
from django.core.files.base import ContentFile

from accounts import services
from core import clock, outbox
from core.errors import Refused
from reporting.models import ReportTemplate
from reporting.queries import reports as queries
from reporting.services import drafting
from reporting.services import report_templates as templates
from reporting.services import reports as made
from tests.factories import accounts, reporting, reports

pytestmark = pytest.mark.django_db
NOW = reporting.NOW


def test_who_wrote_the_first_version_cannot_certify_the_corrected_one(duty):
    both = accounts.member(duty.organisation, "company_filer", name="两职")
    services.appoint(
        user=both, organisation=duty.organisation, role="company_lead", by=None, now=NOW
    )
    both = type(both).objects.get(pk=both.pk)
    filing = reporting.filed(duty, state="returned", by=both)
    assert filing.current_version.editors == [both.pk]
    other = accounts.member(duty.organisation, "company_filer")
    filing = drafting.start(duty=filing.duty, by=other, now=NOW)
    assert filing.current_version.editors == [both.pk, other.pk]
    version = filing.current_version
    type(version).objects.filter(pk=version.pk).update(state="certifying")
    with pytest.raises(Refused, match="不能复核认证自己填写的材料"):
        reporting.certified(filing, by=both, now=NOW)


def test_who_made_a_workbook_counts_as_having_filled_it_in(duty, people):
    filing = reporting.started(duty, by=people["filer"])
    author = accounts.member(duty.organisation, "company_filer")
    part = drafting.part_of(filing.current_version, "leading_group")
    content = part.form.template(reporting.rows_for("leading_group"))
    upload = drafting.upload_part_workbook(
        filing=filing,
        part="leading_group",
        upload=ContentFile(content, "名单.xlsx"),
        by=author,
        now=NOW,
    )
    version = drafting.confirm_upload(upload=upload, by=people["filer"], now=NOW)
    assert set(version.editors) == {people["filer"].pk, author.pk}


def test_nobody_approves_a_report_whose_words_are_theirs_in_part(catalogues):
    writer, editor = reports.editor(), reports.editor()
    report = reports.drafted(reports.played_campaign(), by=editor)
    services.appoint(
        user=writer, organisation=report.organisation, role="regulator_lead", by=None, now=NOW
    )
    writer = type(writer).objects.get(pk=writer.pk)
    day = reports.REPORT_DAY
    for number, by in ((1, writer), (2, editor)):
        words = report.versions.get(number=number).chapters
        words = [*words[:-1], {**words[-1], "text": f"{words[-1]['text']}\n补充说明。"}]
        made.edit_version(report=report, seen=number, words=words, by=by, now=day)
        report.refresh_from_db()
    report = made.submit_for_approval(report=report, by=editor, now=day)
    with pytest.raises(Refused, match="编辑人不能审批"):
        made.approve(report=report, by=writer, now=day)
    assert made.approve(report=report, by=reports.approver(), now=day).state == "approved"


def test_nobody_corrects_a_report_all_alone(catalogues):
    """The words of a correction are those of the report that it corrects, so are their writers."""
    writer, lead = reports.editor(), reports.approver()
    report = reports.at("issued", reports.played_campaign(), by=writer, approved_by=lead)
    report.versions.update(edited_by=writer)
    other = reports.editor()
    both = []
    for person in (writer, other):
        services.appoint(
            user=person, organisation=report.organisation, role="regulator_lead", by=None, now=NOW
        )
        both.append(type(person).objects.get(pk=person.pk))
    day = reports.REPORT_DAY
    told = {"note": "漏列一家公司", "occasion": "c1", "recount": True, "by": both[1], "now": day}
    fresh = made.correct(report=report, **told)
    outbox.run_due(now=day)
    fresh = type(fresh).objects.get(pk=fresh.pk)
    fresh = made.submit_for_approval(report=fresh, by=both[1], now=day)
    for person in both:
        with pytest.raises(Refused, match="编辑人不能审批"):
            made.approve(report=fresh, by=person, now=day)
        with clock.standing_at(day):
            assert not queries.waiting_for(person).exists()
    with clock.standing_at(day):
        assert queries.waiting_for(lead).get() == fresh
    assert made.approve(report=fresh, by=lead, now=day).state == "approved"


def test_nobody_adopts_a_template_with_words_of_theirs_whoever_saved_last(catalogues):
    writer, editor = reports.editor(), reports.editor()
    office = writer.home
    common = ReportTemplate.objects.get(code="stage-1", organisation__isnull=True)
    draft = templates.begin(template=common, organisation=office, by=editor, now=NOW)
    services.appoint(user=writer, organisation=office, role="regulator_lead", by=None, now=NOW)
    writer = type(writer).objects.get(pk=writer.pk)
    words = draft.content["chapters"]
    said = {"title": "第一阶段工作报告", "words": words, "now": NOW}
    draft = templates.save(template=draft, seen=0, by=writer, **said)
    draft = templates.save(template=draft, seen=1, by=editor, **said)
    with pytest.raises(Refused, match="编辑人不能启用"):
        templates.adopt(template=draft, seen=2, by=writer, now=NOW)
    assert not templates.adopt(template=draft, seen=2, by=reports.approver(), now=NOW).draft
