"""What people without an account may send: little, and nothing of it is kept unless a page asks.

A public page must not be a place where anybody can fill our disk. So the length is judged before a
byte of the body is read, and a file is hashed while it arrives and thrown away piece by piece. A
page that takes files of strangers says so (``keeps_files``); they stay in memory until its service
has checked them, and the page counts how often each address may. Limits are data: ``public`` in
``core/catalogue/files.yaml``.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from core import files, pages
from core.api import ndjson, problems

# What a form needs besides the file: boundaries, the token, a few fields.
ROOM = 64 * 1024
TOO_LARGE = 413
View = TypeVar("View", bound=Callable[..., Any])


def limit() -> int:
    """How large a file of a stranger may be, in bytes."""
    return int(files.catalogue()["public"]["max_mb"]) * 1024 * 1024


class HashedFile(UploadedFile):
    """A file of which only name, size and ``sha256`` are left."""

    def __init__(self, name: str, size: int, sha256: str) -> None:
        super().__init__(io.BytesIO(), name, None, size)
        self.sha256 = sha256


class HashingHandler(FileUploadHandler):
    """Takes the hash of each piece and keeps none."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.digest = hashlib.sha256()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.digest.update(raw_data)

    def file_complete(self, file_size: int) -> HashedFile:
        return HashedFile(self.file_name or "", file_size, self.digest.hexdigest())


class SmallHandler(MemoryFileUploadHandler):
    """Holds files in memory: the whole body was found short enough before."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        super().handle_raw_input(*args, **kwargs)
        self.activated = True


def keeps_files(view: View) -> View:
    """Mark a view that takes files of strangers: it has to check them and count who sends them."""
    view.keeps_files = True  # type: ignore[attr-defined]
    return view


def _handler(request: HttpRequest) -> FileUploadHandler:
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        view = None
    return (SmallHandler if getattr(view, "keeps_files", False) else HashingHandler)(request)


class StrangersMiddleware:
    """Refuses large bodies of people without an account (413); their files go unless asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            return self.get_response(request)
        if problems.is_api(request):
            # A program shows its token in the door itself; until then nothing of it is read.
            if length_of(request) > ndjson.MOST_BYTES + ROOM:
                return problems.answer(TOO_LARGE)
        elif length_of(request) > limit() + ROOM:
            context = {"megabytes": limit() // 1048576}
            return pages.render(request, "413.html", context=context, status=TOO_LARGE)
        request.upload_handlers = [_handler(request)]
        return self.get_response(request)


def length_of(request: HttpRequest) -> int:
    """The declared length of the body; more than that is never read."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def sha256_of(upload: UploadedFile) -> str:
    """The hash of a file that a stranger or a person with an account sent, read in pieces."""
    if isinstance(upload, HashedFile):
        return upload.sha256
    digest = hashlib.sha256()
    for piece in upload.chunks():
        digest.update(piece)
    return digest.hexdigest()
