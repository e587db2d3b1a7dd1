"""Lateness of returns can be neither hidden nor invented: corrections, returns, waivers, outages.

One world: Guangdong's company with its daily return of Monday 21 November, due on Tuesday at ten.
"""

from datetime import date

import pytest
from django.urls import reverse

from core import clock
from core.errors import Refused
from core.models import Letter
from reporting.models import DefinitionChange, Return, ReturnForm, ReturnWaiver
from reporting.queries import return_lists
from reporting.returns import definition
from reporting.services import (
    portal_outages,
    return_filing,
    return_opening,
    return_reminding,
    return_review,
)
from tests.factories import accounts, returns
from tests.factories.complaints import at
from tests.reading import text_of
from tests.reporting.test_returns import DAY, GD, GZ, MORNING, ROW

pytestmark = pytest.mark.django_db
LATER = at("2011-11-24 09:00")


@pytest.fixture
def world(catalogues):
    people = {
        "officer": accounts.member("SERC-NF", "regulator_officer"),
        "head": accounts.member("SERC-NF", "regulator_lead"),
        "lead": accounts.member(GD, "company_lead"),
        "filer": accounts.member(GD, "company_filer"),
    }
    with clock.standing_at(MORNING):
        returns.collected("supply_daily", "SERC-NF", starts_on=DAY, now=MORNING)
    return people


def seen(client, person, name, *keys, **query):
    client.force_login(person)
    return text_of(client.get(reverse(f"reporting:{name}", args=keys), query))


def hands(world):
    return {name: world[name] for name in ("filer", "lead", "officer")}


def counts(now):
    return return_lists.counts(Return.objects.filter(period_start=DAY), now=now)


@pytest.mark.clause("S1-2.2.1a")
def test_a_correction_under_way_leaves_what_was_accepted_in_time(world, client):
    entry = returns.owed("supply_daily", GD, DAY)
    with clock.standing_at(LATER):
        returns.accepted(entry, {"day": [ROW]}, **hands(world), now=MORNING)
        before = counts(LATER)
        assert (before["in_time"], before["late"]) == (1, 0)
        return_filing.begin(entry=entry, by=world["filer"], now=LATER, reason="漏统1件")
        entry.refresh_from_db()
        assert counts(LATER) == before
        assert return_lists.lamp(entry, now=LATER) == "done"
        # The unit sees its correction; the office sees what it accepted, and nothing of a draft.
        assert "已通过（更正中）" in seen(client, world["filer"], "return", entry.pk)
        text = seen(client, world["officer"], "return", entry.pk)
        assert "已通过" in text
        assert "更正中" not in text
        assert "逾期" not in text
        found = {"view": "missing", "code": "supply_daily", "organisation": "广东电网公司"}
        listed = seen(client, world["officer"], "return_list", **found)
        assert reverse("reporting:return", args=[entry.pk]) not in listed
        board = seen(client, world["officer"], "return_board", code="supply_daily")
        assert "已通过" in board
        assert return_lists.state_words(entry, now=LATER) == "已通过"
        missing = before["due"] - 1
        [(_day, [line])] = return_lists.calendar_days(
            Return.objects.filter(period_start=DAY), month=DAY, now=LATER
        )
        assert (line["due"], line["missing"]) == (before["due"], missing)
        # Nobody is reminded of it, and no desk calls it overdue.
        Letter.objects.filter(kind="return.reminder").delete()
        return_reminding.remind(now=at("2011-11-22 09:30"))
        letters = Letter.objects.filter(kind="return.reminder", recipient_id=world["filer"].pk)
        assert "2011-11-21" not in "".join(letters.values_list("body", flat=True))


@pytest.mark.clause("S1-2.2.1a")
def test_what_came_late_stays_late_after_it_was_sent_back_and_came_again(world, client):
    entry = returns.owed("supply_daily", GD, DAY)
    people = {"filer": world["filer"], "lead": world["lead"]}
    with clock.standing_at(LATER):
        returns.filed(entry, {"day": [ROW]}, **people, now=LATER)
        named = {"sheet": "日报", "cell": "J4", "problem": "与95598报表不一致", "rule": "二（二）2"}
        return_review.send_back(entry=entry, deficient=[named], by=world["officer"], now=LATER)
        again = {"day": [{**ROW, "complaints": 9}]}
        version = returns.filed(entry, again, **people, now=LATER)
        entry.refresh_from_db()
        # The correction came within its own three working days.
        assert (version.is_late, entry.due_at.date()) == (False, date(2011, 11, 29))
        assert return_lists.state_words(entry, now=LATER) == "逾期报送"
        assert return_lists.lamp(entry, now=LATER) == "late"
        found = counts(LATER)
        assert (found["late"], found["in_time"]) == (1, 0)
        assert "逾期报送" in seen(client, world["officer"], "return", entry.pk)
        late = seen(client, world["officer"], "return_list", view="late")
        assert str(entry.organisation) in late


def test_what_came_in_time_and_was_corrected_too_late_says_so(world):
    entry = returns.owed("supply_daily", GD, DAY)
    people = {"filer": world["filer"], "lead": world["lead"]}
    returns.filed(entry, {"day": [ROW]}, **people, now=MORNING)
    named = {"sheet": "日报", "cell": "J4", "problem": "与95598报表不一致", "rule": "二（二）2"}
    return_review.send_back(entry=entry, deficient=[named], by=world["officer"], now=MORNING)
    after = at("2011-11-28 09:00")
    entry.refresh_from_db()
    return_filing.begin(entry=entry, by=world["filer"], now=after)
    entry.refresh_from_db()
    assert return_lists.state_words(entry, now=after) == "逾期未补正"
    assert counts(after)["in_time"] == 1
    returns.filed(entry, {"day": [{**ROW, "complaints": 9}]}, **people, now=after)
    entry.refresh_from_db()
    assert return_lists.state_words(entry, now=after) == "逾期补正"


def test_a_period_is_not_certified_before_it_is_over(world):
    """Figures of the 22nd cannot be whole on the morning of the 22nd, nor that evening at ten."""
    entry = returns.owed("supply_daily", GD, date(2011, 11, 22))
    rows = {"day": [{**ROW, "day": "2011-11-22"}]}
    returns.filled(entry, rows, by=world["filer"], now=MORNING)
    for now in (MORNING, at("2011-11-22 22:00")):
        with pytest.raises(Refused, match="2011-11-22结束后"):
            return_filing.request_certification(entry=entry, by=world["filer"], now=now)
    midnight = at("2011-11-23 00:00")
    version = return_filing.request_certification(entry=entry, by=world["filer"], now=midnight)
    seen_digest = return_filing.digest_of(version)
    with pytest.raises(Refused, match="2011-11-22结束后"):
        return_filing.submit(entry=entry, by=world["lead"], now=MORNING, seen_digest=seen_digest)
    return_filing.submit(entry=entry, by=world["lead"], now=midnight, seen_digest=seen_digest)


def waived(world, entry, *, now, until, check_name="", decide=True):
    waiver = return_review.ask_waiver(
        code=entry.code,
        organisation=entry.organisation,
        check_name=check_name,
        reason="系统改造",
        expires_on=until,
        entry=entry,
        by=world["filer"],
        now=now,
    )
    if decide:
        return_review.decide_waiver(
            waiver=waiver, approve=True, decision="同意", by=world["head"], now=now
        )
    return waiver


def test_a_waiver_spares_what_is_due_from_its_approval_on_and_can_be_taken_back(world, client):
    noon, until = at("2011-11-22 12:00"), date(2011, 12, 31)
    late = returns.owed("supply_daily", GD, DAY)
    next_one = returns.owed("supply_daily", GD, date(2011, 11, 22))
    for endless in (date(9999, 12, 31), date(2012, 12, 31)):
        with pytest.raises(Refused, match="最长"):
            waived(world, late, now=noon, until=endless)
    waiver = waived(world, late, now=noon, until=until, decide=False)
    with pytest.raises(Refused, match="已经"):
        waived(world, late, now=noon, until=until)
    with pytest.raises(Refused, match="批准依据"):
        return_review.decide_waiver(
            waiver=waiver, approve=True, decision=" ", by=world["head"], now=noon
        )
    return_review.decide_waiver(
        waiver=waiver, approve=True, decision="系统改造期间", by=world["head"], now=noon
    )
    # Monday's was overdue before anybody asked; Tuesday's is due on Wednesday.
    for entry, state in ((late, "open"), (next_one, "waived")):
        entry.refresh_from_db()
        assert entry.state == state
    assert return_lists.state_words(late, now=noon) == "逾期未报"
    # Who is spared may file all the same, and gives it up again.
    return_filing.begin(entry=next_one, by=world["filer"], now=noon)
    next_one.refresh_from_db()
    return_filing.discard(entry=next_one, by=world["filer"], now=noon)
    next_one.refresh_from_db()
    assert next_one.state == "waived"
    client.force_login(world["officer"])
    door = reverse("reporting:return_waiver_revoke", args=[waiver.pk])
    with clock.standing_at(noon):
        assert client.post(door, {"reason": "改造已完成"}).status_code in (403, 409)
        client.force_login(world["head"])
        assert client.post(door, {"reason": " "}).status_code == 409
        assert client.post(door, {"reason": "改造已完成"}).status_code == 302
    next_one.refresh_from_db()
    waiver.refresh_from_db()
    assert (next_one.state, waiver.state) == ("open", ReturnWaiver.State.REVOKED)
    wednesday = at("2011-11-23 09:00")
    return_opening.open_due(now=wednesday)
    assert returns.owed("supply_daily", GD, date(2011, 11, 23)).state == "open"


def bent(code, **entries):
    """The published form with some entries of its definition changed, past all checks."""
    form = ReturnForm.objects.get(code=code)
    form.content = {**form.content, **entries}
    form.save(update_fields=["content"])


def test_one_form_that_cannot_be_counted_does_not_stop_the_reminders_of_the_others(world):
    returns.collected("arrears", "SERC-NF", starts_on=date(2011, 11, 1), now=MORNING)
    monthly = Return.objects.filter(code="arrears", period_start=date(2011, 11, 1))
    monthly.update(due_at=at("2011-11-22 17:00"))
    bent("supply_daily", reminders=[10**9])
    definition._built.cache_clear()
    assert return_reminding.remind(now=at("2011-11-22 09:30")) >= 1
    body = Letter.objects.get(
        kind="return.reminder", recipient_id=world["filer"].pk, channel="mail"
    ).body
    assert "欠费" in body


@pytest.mark.parametrize(
    ("name", "value"), [("reminders", [10**9]), ("version", 10**12), ("max_rows", 10**9)]
)
def test_a_definition_keeps_its_numbers_within_bounds(name, value):
    from core import catalogue_files
    from core.sheets.definition import DefinitionError

    path = definition.__file__.replace("returns/definition.py", "catalogue/returns/hot_issues.yaml")
    from pathlib import Path

    data = catalogue_files.read(Path(path))
    if name == "max_rows":
        data["sheets"][0]["max_rows"] = value
    else:
        data[name] = value
    with pytest.raises(DefinitionError):
        definition.load(data)


def test_an_outage_moves_nothing_before_a_second_person_confirms_it(world, client):
    """Who notes it decides nothing; long ones, doubled ones and times of work are refused."""
    officer = accounts.member("SERC-NF", "regulator_officer")
    entry = returns.owed("supply_daily", GD, DAY)
    now = at("2011-11-22 14:00")

    def noted(start, end):
        return portal_outages.note(
            starts_at=at(start), ends_at=at(end), reason="机房停电", by=world["officer"], now=now
        )

    for start, end, why in (
        ("2000-01-01 00:00", "2011-11-22 13:00", "72小时"),
        ("2011-09-01 09:00", "2011-09-01 13:00", "30日"),
    ):
        with pytest.raises(Refused, match=why):
            noted(start, end)
    # Somebody worked here at nine in the morning.
    returns.filled(returns.owed("supply_daily", GZ, DAY), {}, by=_of(GZ), now=MORNING)
    with pytest.raises(Refused, match="办理记录"):
        noted("2011-11-22 08:30", "2011-11-22 13:00")
    outage = noted("2011-11-22 09:30", "2011-11-22 13:00")
    with pytest.raises(Refused, match="重叠"):
        noted("2011-11-22 12:00", "2011-11-22 13:30")
    assert moved_to(entry) == at("2011-11-22 10:00")
    door = reverse("reporting:return_outage_confirm", args=[outage.pk])
    with clock.standing_at(now):
        client.force_login(world["officer"])
        assert client.post(door).status_code == 409
        client.force_login(officer)
        assert client.post(door).status_code == 302
        assert moved_to(entry) == at("2011-11-23 10:00")
        assert client.post(door).status_code == 409
        # It was a mistake: every deadline stands where it stood.
        undo = reverse("reporting:return_outage_undo", args=[outage.pk])
        assert client.post(undo, {"reason": "登记有误"}).status_code == 302
    assert moved_to(entry) == at("2011-11-22 10:00")


def _of(unit):
    return accounts.member(unit, "company_filer")


def moved_to(entry):
    entry.refresh_from_db()
    return entry.due_at


def test_a_collection_begun_today_gives_its_past_periods_the_full_time(world):
    """The monthly return of October asked for on 24 November: eight working days from that day."""
    returns.collected("connections", "SERC-NF", starts_on=date(2011, 10, 25), now=LATER)
    entry = returns.owed("connections", GD, date(2011, 10, 1))
    assert entry.due_at.date() == date(2011, 12, 6)
    assert entry.due_at > LATER
    with pytest.raises(Refused, match="开始日期"):
        returns.collected("bills", "SERC-NF", starts_on=date(1, 1, 1), now=LATER)


def test_a_form_is_published_for_a_near_day_and_withdrawn_before_it_begins(world, client):
    admin = accounts.member("NEA-ROOT", "system_administrator")
    form = ReturnForm.objects.get(code="bills")
    draft = ReturnForm.objects.create(
        code="bills", version=2, title=form.title, content={**form.content, "version": 2},
        created_by=admin, created_at=LATER,
    )  # fmt: skip
    client.force_login(admin)
    with clock.standing_at(LATER):
        publish = reverse("reporting:return_form_publish", args=[draft.pk])
        client.post(publish, {"valid_from": "9999-12-31", "reason": "新版"})
        draft.refresh_from_db()
        assert draft.published_at is None
        client.post(publish, {"valid_from": "2012-01-01", "reason": "新版"})
        change = DefinitionChange.objects.get()
        client.force_login(accounts.member("SERC-NF", "regulator_officer"))
        shown = text_of(client.get(reverse("reporting:definition_change", args=[change.pk])))
        assert f"{form.title} 第2版" in shown
        client.post(reverse("reporting:definition_adopt", args=[change.pk]))
        client.force_login(admin)
        draft.refresh_from_db()
        assert draft.published_at is not None
        withdraw = reverse("reporting:return_form_withdraw", args=[draft.pk])
        assert client.post(withdraw).status_code == 302
        draft.refresh_from_db()
        assert (draft.published_at, draft.valid_from) == (None, None)
        # What holds already stays.
        withdraw = reverse("reporting:return_form_withdraw", args=[form.pk])
        assert client.post(withdraw).status_code == 409


def test_the_desk_says_what_is_due_today_beside_what_is_overdue_already(world, client):
    """Monday's return of the company is overdue; Tuesday's is due at ten today, in half an hour."""
    morning = at("2011-11-23 09:30")
    owed = Return.objects.filter(code="supply_daily", organisation__code=GD)
    with clock.standing_at(morning):
        return_opening.open_due(now=morning)
        dues = sorted(owed.filter(due_at__date__lte=morning).values_list("due_at", flat=True))
        assert dues == [at("2011-11-22 10:00"), at("2011-11-23 10:00")]
        client.force_login(world["filer"])
        desk = client.get("/").context["groups"]
        shown = [row for group in desk for row in group["rows"] if "供电监管日报" in row.title]
        opened = seen(client, world["filer"], "return_list", code="supply_daily", view="todo")
    (row,) = shown
    # Seven units of the company, three days each: Monday's late, Tuesday's due, Wednesday's begun.
    assert (row.group, row.detail) == ("overdue", "21张，其中7张今日到期")
    assert opened.count("<tr data-row") == 21
