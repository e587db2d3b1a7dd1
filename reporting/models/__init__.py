"""Tables of reporting: filings, plans and stage reports."""

from reporting.models.activation import Activation, ActivationMove, ExecutionRow, Measure
from reporting.models.briefing import SupplyBriefing
from reporting.models.bulletin import Bulletin, BulletinVersion
from reporting.models.catalogue import PartDefinition, ReviewRule
from reporting.models.circular import Circular, CircularReceipt, CircularRedress, CircularVersion
from reporting.models.definition import DefinitionChange
from reporting.models.disclosure import Disclosure, DisclosureItem, Promise
from reporting.models.emergency import (
    EmergencyDrill,
    EmergencyPlan,
    EmergencyPlanFile,
    EmergencyPlanVersion,
)
from reporting.models.evaluation import Evaluation, ImprovementTask
from reporting.models.filing import Attachment, Filing, FilingCopy, FilingVersion, PartUpload
from reporting.models.indicator import Dimension, Goal, Indicator, IndicatorValue
from reporting.models.load_control import LoadControl, MixedLine, ResponseResource
from reporting.models.outage import (
    OutageFlag,
    OutageLead,
    OutageNotice,
    OutageRule,
    OutageVersion,
)
from reporting.models.plan import (
    OrderedUsePlan,
    OrderedUseRule,
    PlanEvent,
    PlanGrade,
    PlanQuota,
    PlanReceipt,
)
from reporting.models.plan_rows import PlanImport, PlanRow
from reporting.models.proposal import FindingProposal
from reporting.models.receipt import Receipt, ReceiptCounter, Review
from reporting.models.release import IndicatorRecall, IndicatorRelease
from reporting.models.report import (
    DocumentCounter,
    FigureSnapshot,
    ReportTemplate,
    ReportVersion,
    StageReport,
)
from reporting.models.return_relief import PortalOutage, ReturnWaiver
from reporting.models.returns import (
    Return,
    ReturnCollection,
    ReturnForm,
    ReturnReceiptCounter,
    ReturnReminder,
    ReturnReview,
    ReturnUpload,
    ReturnVersion,
)
from reporting.models.service_check import ServiceCheck, ServiceStandard
from reporting.models.shortage import GapForecast, ShortageRule
from reporting.models.subscription import Subscription
from reporting.models.target import Target, TargetPaper, TargetVersion

__all__ = [
    "Disclosure",
    "DisclosureItem",
    "Evaluation",
    "ImprovementTask",
    "Promise",
    "Target",
    "TargetPaper",
    "TargetVersion",
    "Activation",
    "ActivationMove",
    "Attachment",
    "Bulletin",
    "BulletinVersion",
    "Circular",
    "CircularReceipt",
    "CircularRedress",
    "CircularVersion",
    "DefinitionChange",
    "Dimension",
    "DocumentCounter",
    "EmergencyDrill",
    "EmergencyPlan",
    "EmergencyPlanFile",
    "EmergencyPlanVersion",
    "ExecutionRow",
    "FigureSnapshot",
    "Filing",
    "FilingCopy",
    "FilingVersion",
    "FindingProposal",
    "GapForecast",
    "Goal",
    "Indicator",
    "IndicatorRecall",
    "IndicatorRelease",
    "IndicatorValue",
    "LoadControl",
    "Measure",
    "MixedLine",
    "OrderedUsePlan",
    "OrderedUseRule",
    "OutageFlag",
    "OutageLead",
    "OutageNotice",
    "OutageRule",
    "OutageVersion",
    "PartDefinition",
    "PartUpload",
    "PlanEvent",
    "PlanGrade",
    "PlanImport",
    "PlanQuota",
    "PlanReceipt",
    "PlanRow",
    "PortalOutage",
    "Receipt",
    "ReceiptCounter",
    "ReportTemplate",
    "ReportVersion",
    "ResponseResource",
    "Return",
    "ReturnCollection",
    "ReturnForm",
    "ReturnReceiptCounter",
    "ReturnReminder",
    "ReturnReview",
    "ReturnUpload",
    "ReturnVersion",
    "ReturnWaiver",
    "Review",
    "ReviewRule",
    "ServiceCheck",
    "ServiceStandard",
    "ShortageRule",
    "StageReport",
    "Subscription",
    "SupplyBriefing",
]
