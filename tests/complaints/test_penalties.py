"""One case, one penalty; the person is heard; nobody decides what she proposed or what is about herself; no appeal without proof."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.choices import Role
from accounts.services import create_account
from complaints.models import Complaint, ComplaintFile, Penalty
from complaints.services import NotAllowed, close
from complaints.services.penalties import (
    NotYours,
    PenaltyMoved,
    answer_penalty,
    appeal_penalty,
    decide_appeal,
    decide_penalty,
    propose_penalty,
)
from office.models import Attachment, Notice
from tests.conftest import PASSWORD
from tests.factories.complaints import make_complaint
from tests.factories.lessons import make_lesson, make_measure

pytestmark = pytest.mark.django_db
ASKED = {"kind": "fine", "amount": 200, "grounds": "交车前没有路试，客户二次返厂"}


@pytest.fixture
def case(wang, li, now):
    return make_complaint(wang, by=li, now=now)


@pytest.fixture
def sun(pudong):
    """A second manager."""
    return create_account(username="sun", full_name="孙莉", role=Role.MANAGER, store=pudong, password=PASSWORD)


@pytest.fixture
def penalty(case, zhou, li, now):
    return propose_penalty(case, person=li, by=zhou, now=now, **ASKED)


def proof(case, now, kind="confirmation"):
    paper = Attachment.objects.create(
        store=case.store, path=f"x/{kind}{case.pk}", name="客户签字.jpg", type="jpg", size=1, sha256="0" * 64, at=now
    )
    return ComplaintFile.objects.create(complaint=case, attachment=paper, kind=kind)


def test_there_is_one_penalty_for_a_case_in_the_database_too(penalty, case, zhou, chen, now):
    with pytest.raises(ValidationError):
        propose_penalty(case, person=chen, by=zhou, now=now, **ASKED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Penalty.objects.create(store=case.store, complaint=case, name="x", kind="warning", grounds="x")


def test_a_proposal_is_checked_and_the_person_is_told(case, zhou, zhao, li, now):
    with pytest.raises(ValidationError) as refused:
        propose_penalty(case, person=zhao, kind="fine", grounds=" ", by=zhou, now=now)
    assert set(refused.value.message_dict) == {"person", "amount", "grounds"}
    with pytest.raises(ValidationError) as refused:
        propose_penalty(case, kind="warning", amount=5, grounds="x", by=zhou, now=now)
    assert set(refused.value.message_dict) == {"person", "amount"}
    propose_penalty(case, person=li, by=zhou, now=now, **ASKED)
    assert Notice.objects.filter(code="penalty_proposed", user=li).exists()


def test_the_whole_way_with_everybodys_words(penalty, case, zhou, sun, li, chen, qian, now):
    answer_penalty(penalty, "当天人手不足", by=li, now=now)
    for stranger in (chen, zhou):
        with pytest.raises(NotYours):
            answer_penalty(penalty, "我说", by=stranger, now=now)
    for nobody in (zhou, li, chen):
        with pytest.raises(NotYours):
            decide_penalty(penalty, impose=True, text="属实", by=nobody, now=now)
    decide_penalty(penalty, impose=True, text="属实", by=sun, now=now)
    with pytest.raises(PenaltyMoved):
        decide_penalty(Penalty(**_as_proposed(penalty)), impose=False, text="晚了", by=sun, now=now)
    with pytest.raises(ValidationError):
        appeal_penalty(penalty, text="不服", proof=None, by=li, now=now)
    with pytest.raises(ValidationError):
        appeal_penalty(penalty, text="不服", proof=proof(case, now, kind="evidence"), by=li, now=now)
    appeal_penalty(penalty, text="客户证明当天已路试", proof=proof(case, now), by=li, now=now)
    with pytest.raises(NotYours):
        decide_appeal(penalty, lift=True, text="成立", by=sun, now=now)  # she imposed it
    with pytest.raises(NotYours):
        decide_appeal(penalty, lift=True, text="成立", by=zhou, now=now)  # she proposed it
    third = create_account(username="wu", full_name="吴刚", role=Role.MANAGER, store=case.store, password=PASSWORD)
    decide_appeal(penalty, lift=True, text="证明属实", by=third, now=now)
    penalty.refresh_from_db()
    assert (penalty.state, penalty.appeal_decided_by) == ("lifted", third)
    codes = [line.code for line in penalty.lines.all()]
    assert codes == ["proposed", "answered", "imposed", "appealed", "lifted"]


def _as_proposed(penalty):
    names = ("id", "store_id", "complaint_id", "person_id", "name", "kind", "amount", "grounds", "proposed_by_id")
    return {name: getattr(penalty, name) for name in names}


@pytest.mark.parametrize(
    "fault", [{"decided_by": "zhou"}, {"decided_by": "li"}, {"state": "appealed"}, {"amount": None}]
)
def test_what_must_not_be_is_refused_by_the_database(penalty, zhou, li, fault):
    people = {"zhou": zhou, "li": li}
    with pytest.raises(IntegrityError), transaction.atomic():
        Penalty.objects.filter(pk=penalty.pk).update(
            **{name: people.get(value, value) for name, value in fault.items()}
        )


def test_only_who_is_concerned_or_entitled_sees_it(penalty, li, chen, sun, zhao, login):
    url = reverse("complaints:penalty", args=[penalty.pk])
    assert login(li).get(url).status_code == 200
    assert login(sun).get(url).status_code == 200
    for nobody in (chen, zhao):
        assert login(nobody).get(url).status_code == 404
    assert penalty.complaint.number not in login(chen).get(reverse("complaints:penalties")).content.decode()
    said = login(li).post(reverse("complaints:penalty_answer", args=[penalty.pk]), {"text": "当天人手不足"})
    assert said.status_code == 302
    decided = login(sun).post(reverse("complaints:penalty_decide", args=[penalty.pk]), {"to": "no", "text": "情有可原"})
    assert decided.status_code == 302
    assert "情有可原" in login(li).get(url).content.decode()


def test_a_major_case_closes_only_once_it_has_taught_something(wang, li, zhou, now):
    case = make_complaint(wang, by=li, now=now, severity="major")
    Complaint.objects.filter(pk=case.pk).update(state="solved", solved_at=now, resolution="返工")
    case.refresh_from_db()
    with pytest.raises(NotAllowed) as refused:
        close(case, by=zhou, now=now, unasked="书面确认")
    assert refused.value.code == "unlearned"
    make_measure(make_lesson(case, by=li, now=now), owner=li, by=li, now=now)
    close(case, by=zhou, now=now, unasked="书面确认")
    assert Complaint.objects.get(pk=case.pk).state == "closed"


def test_the_record_sheet_has_the_forms_fields_and_no_whole_number(case, li, login, now):
    make_lesson(case, by=li, now=now)
    page = login(li).get(reverse("complaints:sheet", args=[case.pk])).content.decode()
    for words in (
        "附件5",
        "顾客抱怨处理记录表",
        "抱怨内容",
        "责任部门",
        "处理结果",
        "客户签字",
        case.summary,
        "138****5678",
    ):
        assert words in page, words
    assert "13812345678" not in page
