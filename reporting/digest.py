"""The content of a version in canonical form, and its digest.

Whoever holds the canonical file can prove with any SHA-256 tool that it is what the receipt speaks
of; attached files are in it by name and hash.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reporting.models import FilingVersion

FORMAT = 1


def content_of(version: FilingVersion) -> dict[str, Any]:
    """Everything that a filing says, without what happened to it afterwards."""
    filing = version.filing
    definition = filing.duty.definition
    return {
        "format": FORMAT,
        "campaign": definition.campaign.code,
        "duty": definition.code,
        "organisation": filing.organisation.code,
        "recipient": filing.recipient.code,
        "version": version.number,
        "part_versions": version.part_versions,
        "parts": version.parts,
        "confirmed_warnings": version.confirmed_warnings,
        "attachments": sorted(
            [
                {
                    "part": attachment.part,
                    "row": attachment.row_key,
                    "name": attachment.file.name,
                    "size": attachment.file.size,
                    "sha256": attachment.file.sha256,
                    "caption": attachment.caption,
                }
                for attachment in version.attachments.select_related("file")
            ],
            key=lambda item: (item["part"], item["row"], item["sha256"], item["name"]),
        ),
    }


def canonical(version: FilingVersion) -> bytes:
    """The content as JSON with sorted keys and no blanks: the same bytes on every machine."""
    return json.dumps(
        content_of(version), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def of(version: FilingVersion) -> str:
    """SHA-256 of the canonical form, as hex."""
    return hashlib.sha256(canonical(version)).hexdigest()
