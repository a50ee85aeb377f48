"""Attachments: what is taken, how it is kept, how it is handed out."""

import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from audit.models import Access
from complaints import services
from complaints.models import ComplaintFile
from office.files import FileRefused, checked_type
from office.models import Attachment
from tests.factories.complaints import make_complaint
from tests.factories.office import HEADS, upload


def zipped(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


HTML = b"<html><script>alert(1)</script></html>"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("车.PNG", HEADS["png"], "png"),
        ("a.jpeg", HEADS["jpg"], "jpg"),
        ("录音.amr", HEADS["amr"], "amr"),
        ("录音.m4a", b"\0\0\0\x18ftypmp42" + b"\0" * 30, "m4a"),
        ("录音.mp3", b"\xff\xfb\x90\x00" + b"\0" * 30, "mp3"),
        ("单.docx", zipped("[Content_Types].xml", "word/document.xml"), "docx"),
        ("表.xlsx", zipped("xl/workbook.xml"), "xlsx"),
    ],
)
def test_what_is_taken_is_known_by_its_bytes(name, content, kind):
    assert checked_type(SimpleUploadedFile(name, content), most=10**6) == kind


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("车.png", HTML, "lies"),
        ("车.png", HEADS["pdf"], "lies"),
        ("车.jpg", HEADS["png"], "lies"),
        ("单.docx", zipped("word/document.xml", "word/vbaProject.bin"), "lies"),
        ("单.docx", zipped("xl/workbook.xml"), "lies"),
        ("单.docx", b"PK\x03\x04 broken", "lies"),
        ("page.html", HTML, "unknown"),
        ("page.svg", b"<svg onload=alert(1)>", "unknown"),
        ("run.exe", b"MZ\x90", "unknown"),
        ("run", HEADS["png"], "unknown"),
        ("车.png", b"", "empty"),
        ("车.png", HEADS["png"] + b"\0" * 10**6, "too_large"),
    ],
)
def test_a_file_that_lies_about_its_type_is_not_taken(name, content, code):
    with pytest.raises(FileRefused) as refused:
        checked_type(SimpleUploadedFile(name, content), most=10**6)
    assert refused.value.code == code


@pytest.fixture
def case(wang, li):
    return make_complaint(wang, by=li, now=timezone.now())


def on_disk(settings):
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_a_lying_upload_is_refused_beside_its_field_and_nothing_is_kept(login, li, case, settings):
    files = {"text": "见附件", "uploads": SimpleUploadedFile("车.png", HTML)}
    answer = login(li).post(reverse("complaints:note", args=[case.pk]), files)
    assert answer.status_code == 422
    assert "“车.png”的扩展名是 PNG，内容却是 其他内容，未接收。" in answer.context["forms"]["note"].errors["uploads"]
    assert "见附件" in answer.text, "what was typed is still there"
    assert not (Attachment.objects.exists() or on_disk(settings) or case.notes.exists())


def test_a_file_is_handed_out_to_be_saved_never_as_a_page_and_leaves_a_line(login, li, zhao, case):
    client, now = login(li), timezone.now()
    picture, paper = services.add_files(case, [upload("../../车.png"), upload("合同.pdf")], by=li, now=now)
    shown = client.get(reverse("complaints:file", args=[picture.pk]), {"show": "1"})
    assert (shown["Content-Type"], shown["Content-Disposition"].split(";")[0]) == ("image/png", "inline")
    saved = client.get(reverse("complaints:file", args=[paper.pk]), {"show": "1"})
    assert saved["Content-Type"] == "application/octet-stream"
    assert saved["Content-Disposition"].startswith("attachment;")
    for answer in (shown, saved):
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert b"".join(answer.streaming_content)
    assert picture.attachment.name == "车.png"
    assert Access.objects.filter(kind="file", actor_id=li.pk, customer_id=case.customer_id).count() == 2
    assert login(zhao).get(reverse("complaints:file", args=[paper.pk])).status_code == 404
    assert Access.objects.filter(kind="file").count() == 2


def test_what_fails_leaves_no_file_and_the_same_file_is_kept_once(li, zhou, case, settings):
    now = timezone.now()
    services.add_files(case, [upload("车.png")], by=li, now=now)
    assert services.add_files(case, [upload("车.png")], by=li, now=now) == []
    assert (ComplaintFile.objects.count(), len(on_disk(settings))) == (1, 1)
    services.force_close(case, by=zhou, now=now, reason="转法务")
    with pytest.raises(services.NotAllowed):
        services.add_files(case, [upload("另.png")], by=li, now=now)
    assert (Attachment.objects.count(), len(on_disk(settings))) == (1, 1)


def test_a_backup_takes_attachments_along(li, case, tmp_path, settings):
    services.add_files(case, [upload("车.png")], by=li, now=timezone.now())
    row = Attachment.objects.get()
    assert (Path(settings.MEDIA_ROOT) / row.path).is_file()
    assert "MEDIA_ROOT" in settings.BACKUP_FOLDERS.values()
    assert Path(row.path).suffix == "", "no ending: nothing runs it by mistake"


def test_where_something_was_given_only_a_signed_confirmation_closes(wang, li, zhou, case):
    now = timezone.now()
    services.take_over(case, by=li, now=now)
    services.solve(case, by=li, now=now, resolution="返工", compensation="代金券 500 元")
    services.record_recontact(case, by=li, now=now, note="满意")
    with pytest.raises(services.NotAllowed) as refused:
        services.close(case, by=zhou, now=now)
    assert refused.value.code == "unsigned"
    services.add_files(case, [upload("现场.png")], by=li, now=now)
    with pytest.raises(services.NotAllowed):
        services.close(case, by=zhou, now=now)
    services.add_files(case, [upload("确认书.pdf")], by=li, now=now, kind="confirmation")
    services.close(case, by=zhou, now=now)
    assert case.state == "closed"
