"""Shape of what the pages of cases send. Rules live in the services."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import workplaces
from complaints import asks, procedures
from complaints.forms_files import HELP, FilesMixin
from complaints.models import Case, CaseAttachment, Term
from complaints.services import Record, intake
from complaints.workflow import REPORT, Act, Audience, Source
from core import clock
from core.widgets import Day, Moment, SeveralFiles

MINUTES = "%Y-%m-%dT%H:%M"
# Sources that a person enters by hand; the others come by machine or import.
BY_HAND = {
    True: (Source.H12398, Source.LETTER, Source.VISIT, Source.WEB),
    False: (Source.H95598, Source.H12345, Source.GRID),
}


def pairs(terms: list[Term], *, empty: bool) -> list[tuple[str, Any]]:
    """Terms as choices; children stand below their parent."""
    found: list[tuple[str, Any]] = [("", "—")] if empty else []
    for term in terms:
        found.append((term.code, f"　{term.shown}" if term.parent_id else term.shown))
    return found


class IntakeForm(FilesMixin):
    """A case taken by a person: caller, matter, place."""

    # The mark of this very form, by which it is taken once.
    ticket = forms.CharField(widget=forms.HiddenInput(), required=False, initial=intake.new_ticket)
    owner = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("首接单位"), empty_label=None
    )
    source = forms.ChoiceField(label=_("来源"))
    number = forms.CharField(
        label=_("编号"), max_length=40, required=False, help_text=_("不填则自动编号。")
    )
    received_at = forms.DateTimeField(label=_("受理时间"), widget=Moment(), input_formats=[MINUTES])
    channel = forms.ChoiceField(label=_("反映渠道"))
    nature = forms.ChoiceField(label=_("诉求性质"))
    industry = forms.ChoiceField(label=_("行业"))
    category = forms.ChoiceField(label=_("业务类别"), required=False)
    urgency = forms.ChoiceField(label=_("紧急程度"), required=False)
    organisation = forms.CharField(
        label=_("被反映单位"), max_length=80, required=False, help_text=_("单位代码、全称或简称。")
    )
    target = forms.ChoiceField(label=_("被反映对象"), required=False)
    region = forms.CharField(
        label=_("地区"), max_length=40, required=False, help_text=_("行政区划代码或名称。")
    )
    complainant_name = forms.CharField(label=_("诉求人"), max_length=40, required=False)
    complainant_phone = forms.CharField(label=_("联系电话"), max_length=30, required=False)
    anonymous = forms.BooleanField(label=_("匿名"), required=False)
    confidential = forms.BooleanField(label=_("要求保密"), required=False)
    address = forms.CharField(label=_("用电地址"), max_length=120, required=False)
    account_no = forms.CharField(label=_("户号"), max_length=30, required=False)
    feeder = forms.CharField(label=_("线路"), max_length=60, required=False)
    transformer_area = forms.CharField(label=_("台区"), max_length=60, required=False)
    area_type = forms.ChoiceField(label=_("城乡类别"), required=False)
    interrupted_at = forms.DateTimeField(
        label=_("停电开始时间"),
        widget=Moment(),
        input_formats=[MINUTES],
        required=False,
        help_text=_("故障报修填写；不清楚的不填，从受理时间起算。"),
    )
    content = forms.CharField(
        label=_("诉求内容"), max_length=20000, widget=forms.Textarea(attrs={"rows": 6})
    )

    files = SeveralFiles(label=_("来信来访材料、录音"), required=False, help_text=HELP)
    files_kind = forms.ChoiceField(
        label=_("附件类别"), required=False, choices=CaseAttachment.Kind.choices
    )

    LISTS = ("channel", "nature", "industry", "category", "urgency", "target", "area_type")

    def __init__(self, *args: Any, user: User, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        places = workplaces(user, Permission.CASE_REGISTER)
        fields: Any = self.fields
        fields["owner"].queryset = Organisation.objects.filter(pk__in=[p.pk for p in places])
        kinds = {place.is_regulator for place in places}
        sources = [source for kind in sorted(kinds, reverse=True) for source in BY_HAND[kind]]
        fields["source"].choices = [(one.value, one.label) for one in sources]
        fields["received_at"].initial = now.astimezone(clock.ZONE).replace(tzinfo=None)
        on = clock.day_of(now)
        for kind in self.LISTS:
            terms = [t for t in Term.objects.of(kind).on(on) if self._used(t, sources)]
            fields[kind].choices = pairs(terms, empty=not fields[kind].required)

    @staticmethod
    def _used(term: Term, sources: list[Source]) -> bool:
        return not term.sources or bool(set(term.sources) & {one.value for one in sources})

    def clean_received_at(self) -> datetime:
        moment: datetime = self.cleaned_data["received_at"]
        # A form tells minutes: what is entered in the running minute is now.
        return min(moment, self.now) if moment - self.now < timedelta(minutes=1) else moment

    def record(self, number: str) -> Record:
        """What was entered, as services take it."""
        values = {
            key: value
            for key, value in self.cleaned_data.items()
            if key not in ("ticket", "owner", "source", "number", "files", "files_kind")
        }
        return Record(number=number, **values)

    def show(self, errors: dict[str, str]) -> None:
        """Put what the service found wrong beside its field."""
        for name, message in errors.items():
            self.add_error(name if name in self.fields else None, message)

    def asked(self) -> None:
        """Give the form a new mark, with which it makes another case if it is sent again."""
        self.data = self.data.copy()
        self.data["ticket"] = intake.new_ticket(asked=True)


# What the page showed when it was made, told with the answers.
SEEN = ("seen_state", "seen_event")


class ActForm(forms.Form):
    """The questions of one act, built from its list of asks."""

    seen_state = forms.CharField(widget=forms.HiddenInput(), required=False)
    seen_event = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    def __init__(
        self, *args: Any, case: Case, act: Act, clocks: list[Any], now: datetime, **kwargs: Any
    ) -> None:
        kwargs.setdefault("auto_id", f"{act}_%s")
        super().__init__(*args, **kwargs)
        self.case, self.act = case, act
        self.initial.setdefault("seen_state", case.state)
        on = clock.day_of(case.received_at)
        for ask in asks.ASKS[act]:
            self.fields[ask.name] = _field(ask, case, clocks, on)

    def answers(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in SEEN}


def _field(ask: asks.Ask, case: Case, clocks: list[Any], on: date) -> forms.Field:
    common: dict[str, Any] = {
        "label": ask.label,
        "required": ask.required,
        "help_text": ask.help,
    }
    match ask.kind:
        case "text":
            return forms.CharField(
                max_length=ask.limit, widget=forms.Textarea(attrs={"rows": 3}), **common
            )
        case "word":
            return forms.CharField(max_length=60, **common)
        case "term":
            terms = asks.choices(ask, nature=case.nature, on=on)
            return forms.ChoiceField(choices=pairs(terms, empty=not ask.required), **common)
        case "terms":
            terms = asks.choices(ask, nature=case.nature, on=on)
            return forms.MultipleChoiceField(
                choices=pairs(terms, empty=False), widget=forms.CheckboxSelectMultiple, **common
            )
        case "organisation":
            return forms.ModelChoiceField(units(case), **common)
        case "bool":
            return forms.BooleanField(**common)
        case "date":
            return forms.DateField(widget=Day(), **common)
        case "number" | "count":
            least, most = (1, 999) if ask.kind == "number" else (0, ask.most)
            return forms.IntegerField(min_value=least, max_value=most, **common)
        case "moment":
            return forms.DateTimeField(widget=Moment(), input_formats=[MINUTES], **common)
    return _clock_field(case, clocks, common)


def _clock_field(case: Case, clocks: list[Any], common: dict[str, Any]) -> forms.Field:
    rules = procedures.definition_of(case.procedure).clocks
    choices = [(one.code, rules[one.code].shown) for one in clocks]
    return forms.ChoiceField(choices=choices, **common)


def units(case: Case) -> Any:
    """Where a case may be handed: companies below its owner, or of the place it came from."""
    found = Organisation.objects.in_force().companies()
    if case.owner.is_company:
        return found.filter(path__startswith=case.owner.path)
    if case.nature == REPORT and case.organisation is not None:
        return found.exclude(path__startswith=case.organisation.path)
    return found


class NoteForm(forms.Form):
    """A note and who reads it."""

    text = forms.CharField(
        label=_("内容"), max_length=asks.LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3})
    )
    audiences = forms.MultipleChoiceField(
        label=_("可见对象"), choices=Audience.choices, widget=forms.CheckboxSelectMultiple
    )
    seen_event = forms.IntegerField(widget=forms.HiddenInput(), required=False)


class RevealForm(forms.Form):
    """What the complainant's particulars are needed for."""

    purpose = forms.CharField(label=_("用途"), max_length=200)


class MergeForm(forms.Form):
    """The case that goes on."""

    number = forms.CharField(label=_("并入诉求编号"), max_length=40)
