"""Grids, the people who answer for them over time, and their rules."""

from grids.models.adapting import TypeProposal
from grids.models.archives import (
    AccuracySample,
    ArchiveRecord,
    DataProblem,
    FixTask,
    ProblemEnd,
    QualityCheck,
    SampleItem,
)
from grids.models.business import BusinessEvent, BusinessRequest, BusinessStep, BusinessType
from grids.models.channels import GridChannel
from grids.models.ground import (
    AccountPlace,
    Feeder,
    GovernmentGrid,
    GridArea,
    GridFeeder,
    GridPairing,
    PowerGrid,
    TransformerArea,
)
from grids.models.hazards import Hazard, HazardEvent, HazardPhoto, HazardReport, HazardTerm
from grids.models.patrols import Patrol, PatrolKind, PatrolList, PatrolPlan
from grids.models.people import Assignment, GridMember, HandOver
from grids.models.registers import Register, RegisterChange, RegisterEntry, RegisterFile
from grids.models.rules import GridRule
from grids.models.sharing import Exchange, ExchangeJob, SharedRecord, SharingAgreement
from grids.models.special import (
    HelpPair,
    HolidayVisit,
    SafetyCheck,
    SpecialConsent,
    SpecialEvent,
    SpecialHousehold,
)
from grids.models.special_kinds import SpecialKind

__all__ = [
    "AccountPlace",
    "AccuracySample",
    "ArchiveRecord",
    "Assignment",
    "BusinessEvent",
    "BusinessRequest",
    "BusinessStep",
    "BusinessType",
    "DataProblem",
    "Exchange",
    "ExchangeJob",
    "Feeder",
    "FixTask",
    "GovernmentGrid",
    "GridArea",
    "GridChannel",
    "GridFeeder",
    "GridMember",
    "GridPairing",
    "GridRule",
    "HandOver",
    "Hazard",
    "HazardEvent",
    "HazardPhoto",
    "HazardReport",
    "HazardTerm",
    "HelpPair",
    "HolidayVisit",
    "Patrol",
    "PatrolKind",
    "PatrolList",
    "PatrolPlan",
    "PowerGrid",
    "ProblemEnd",
    "QualityCheck",
    "Register",
    "RegisterChange",
    "RegisterEntry",
    "RegisterFile",
    "SafetyCheck",
    "SampleItem",
    "SharedRecord",
    "SharingAgreement",
    "SpecialConsent",
    "SpecialEvent",
    "SpecialHousehold",
    "SpecialKind",
    "TransformerArea",
    "TypeProposal",
]
