"""The demo's claims: whistled by the officer of Dongcheng, in every state that day. Invented.

In time and late, handed over, mediated and signed by both, one for the water company, one that no
grid was found for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Organisation, User
from complaints.models import Claim, ClaimPass
from complaints.services import claim_acts as acts
from complaints.services import claims as services
from complaints.services.claims import Whistle
from complaints.workflow import Act
from core import clock

DEPARTMENT = "GOV-441284"
DAYS_TO_THE_MEETING = timedelta(days=5)
# How long since the autumn in which these stories are told.
AUTUMN = timedelta(0)


@dataclass(frozen=True)
class Story:
    """A whistle and what became of it: (what, when) one after the other."""

    kind: str
    content: str
    place: str
    steps: tuple[tuple[str, str], ...]
    utility: str = ""


def _plain(day: str, *, fault: str = "none", after: str = "15:20") -> tuple[tuple[str, str], ...]:
    """Reported in, arrived, answered and confirmed in two days."""
    return (
        *((("whistle", f"{day} 09:10"), ("take", f"{day} 09:28"), ("arrive", f"{day} 10:30"))),
        *((("reply", f"{day} {after}"), (f"close.{fault}", f"{day} 17:05"))),
    )


STORIES = (
    Story("opinion", "楼道配电箱门脱落，担心儿童触碰", "光明路12号", _plain("09-06")),
    Story("hazard", "变压器围栏锈蚀，有儿童攀爬", "清平路40号", _plain("10-18", after="11:40")),
    Story(
        "opinion",
        "晚高峰电压低，空调不能启动",
        "光明路66号",
        (
            *(("whistle", "10-24 19:20"), ("take", "10-24 20:15"), ("arrive", "10-24 21:00")),
            *(("reply", "10-26 11:00"), ("rework", "10-27 09:00"), ("contact", "10-28 10:00")),
            *(("reply", "10-31 16:00"), ("close.company", "11-01 09:30")),
        ),
    ),
    Story(
        "business",
        "居民楼合表用户要求分户装表，询问所需材料",
        "光明路88号",
        (
            *(("whistle", "11-18 09:00"), ("take", "11-18 09:12"), ("arrive", "11-18 10:10")),
            ("tell_once", "11-18 10:40"),
            ("contact", "11-21 09:20"),
        ),
    ),
    Story(
        "dispute",
        "邻里因外墙表箱位置和走线发生争执",
        "清平路15号",
        (
            *(("whistle", "11-16 15:00"), ("take", "11-16 15:20"), ("arrive", "11-16 16:30")),
            ("join", "11-17 09:00"),
            *(("agenda", "11-17 09:10"), ("sign", "11-23 16:00")),
        ),
    ),
    Story(
        "utility",
        "路面渗水，电缆井内有积水",
        "人民广场",
        (("whistle", "11-21 08:40"), ("take", "11-21 08:55"), ("pass_on", "11-21 09:30")),
        utility="water",
    ),
    Story(
        "hazard",
        "树枝压线，刮风时有火花",
        "光明路30号",
        (
            ("whistle", "11-23 16:40"),
            ("take", "11-23 16:52"),
            ("arrive", "11-23 17:10"),
            ("offer", "11-23 17:30"),
        ),
    ),
    Story("opinion", "路灯不亮三天无人处理", "清平路3号", (("whistle", "11-24 09:12"),)),
    Story("enquiry", "新楼盘何时通电", "无名新村5栋", (("whistle", "11-24 08:20"),)),
    Story(
        "opinion",
        "停电后没有人告知复电时间",
        "光明路51号",
        (
            *(("whistle", "11-23 09:00"), ("take", "11-23 09:20"), ("arrive", "11-23 10:10")),
            ("reply", "11-23 17:00"),
        ),
    ),
)
SAID = {
    "take": "已联系诉求人，正在前往",
    "arrive": "已到现场查看",
    "contact": "正在等待配件，预计两日内完成",
    "reply": "已处理完毕，并当面告知诉求人",
    "rework": "诉求人反映夜间仍有低电压",
}


def plant(*, until: datetime, since: timedelta = AUTUMN) -> None:
    """Play every story at its times, ``since`` the first autumn, by the officer and whoever answers
    for the claim."""
    officer = User.objects.filter(username="dongcheng-grid").first()
    department = Organisation.objects.filter(code=DEPARTMENT).first()
    if officer is None or department is None:
        return
    with clock.standing_at(until):
        for story in STORIES:
            claim: Claim | None = None
            for step, moment in story.steps:
                now = _at(moment) + since
                claim = step_of(claim, story, step, now, officer, department)


def _at(text: str) -> datetime:
    return datetime.strptime(f"2011-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=clock.ZONE)


def step_of(
    claim: Claim | None,
    story: Story,
    step: str,
    now: datetime,
    officer: User,
    department: Organisation,
) -> Claim:
    """The whistle, or the next step of the claim that it became."""
    if claim is None:
        address = f"广东省四会市东城街道{story.place}"
        asked = Whistle(
            story.kind,
            story.content,
            utility=story.utility,
            name="冼女士",
            phone="13800000000",
            address=address,
        )
        given = {"origin": Claim.Origin.OFFICER, "department": department}
        return services.whistle(asked, **given, by=officer, now=now)[0]
    claim = Claim.objects.select_related("case__responsible", "case__procedure").get(pk=claim.pk)
    what, _dot, fault = step.partition(".")
    manager = claim.case.responsible
    if what == "close":
        given = {"visited": True, "solved": True, "satisfaction": "content", "fault": fault}
        return acts.confirm(claim, **given, by=officer, now=now)
    if manager is None:
        return claim
    if what in ASIDE:
        ASIDE[what](claim, manager, officer, now)
        return claim
    by = officer if what == Act.REWORK else manager
    return acts.do(claim, Act(what), by=by, now=now, text=SAID.get(what, ""))


def _tell_once(claim: Claim, manager: User, officer: User, now: datetime) -> None:
    wanted = ["用电申请表", "房屋产权或者使用权证明", "居民身份证复印件", "其他合表户同意书"]
    text = "材料齐全后五个工作日内完成现场勘查"
    acts.tell_once(
        claim, title="合表用户分户装表", materials=wanted, text=text, by=manager, now=now
    )


def _pass_on(claim: Claim, manager: User, officer: User, now: datetime) -> None:
    given = {"unit": "四会市自来水公司", "number": "GS20111121-07"}
    acts.pass_to_utility(claim, **given, text="已电话转交值班员，同意到场", by=manager, now=now)


def _offer(claim: Claim, manager: User, officer: User, now: datetime) -> None:
    others = acts.successors(claim, on=now.astimezone(clock.ZONE).date())
    if others and not ClaimPass.objects.filter(claim=claim).exists():
        acts.offer(claim, to=others[-1][0], reason="线路由该班组维护", by=manager, now=now)


def _agenda(claim: Claim, manager: User, officer: User, now: datetime) -> None:
    held_on = clock.day_of(now) + DAYS_TO_THE_MEETING
    topic = acts.put_on_agenda(
        claim, meeting="东城社区网格联席会议", held_on=held_on, by=officer, now=now
    )
    decided = clock.at(held_on, 16)
    acts.decide_topic(topic, decision="由社区主持调解，供电所提出走线方案", by=officer, now=decided)


ASIDE: dict[str, Callable[[Claim, User, User, datetime], object]] = {
    "tell_once": _tell_once,
    "pass_on": _pass_on,
    "offer": _offer,
    "agenda": _agenda,
    "join": lambda claim, manager, officer, now: acts.join(claim, by=officer, now=now),
    "sign": lambda claim, manager, officer, now: acts.sign(
        claim, opinion="同意供电所提出的走线方案", by=officer, now=now
    ),
}
