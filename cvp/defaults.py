"""The questionnaires every store starts with, short enough to be answered by number keys while the customer talks.

What they ask: S1's seven sales questions (overall, quality of the car, the consultant's manners and knowledge, features
explained, warranty and servicing explained, showroom, introduced to service adviser and DCRC), S1's 销售三日回访 (confirm
the new owner's phone and address), S0's talk about appointments, and after service whether the fault is gone. Wordings are ours.
Dissatisfied is 1 or 2 of 5, or a fault that was not fixed. Reminders ask what the customer means to do (result codes of
reminders: DOMAIN 2.2), customers who stay away for the cause and where the car goes instead (two-level reasons).
"""

import re
from dataclasses import dataclass, field

from cvp.choices import Scale
from cvp.models import Question, Questionnaire, Version


@dataclass(frozen=True)
class Ask:
    """One shipped question; see cvp.models.Question for the fields."""

    code: str
    zh: str
    en: str
    scale: Scale = Scale.YES_NO
    is_key: bool = False
    alarm_at: int | None = None
    cause: str = ""  # a code of complaints.defaults.TREE
    choices: list = field(default_factory=list)  # (Chinese, English) of a choice, in the order of its keys


# What the call desk moves a reminder by, together with a reading (followups.services.odometer).
NOT_YET = ("里程还没到", "Not due by mileage yet")
# Read by the call desk, which corrects the car's mileage by it (followups.services.odometer).
ODOMETER = Ask(
    "odometer",
    "车子现在大概跑了多少公里？",
    "How many kilometres has the car run by now?",
    Scale.TEXT,
)
# What is a number in its answer: "12,500", "1.2万公里", "约 30000"; anything else is words.
READING = re.compile(r"[约大概差不多]*\s*(\d[\d,， ]*(?:\.\d+)?)\s*([万wW]?)\s*(?:公里|千米|km|KM)?\s*[左右多吧。]*")

SHIPPED = {
    "sales_3dc": (
        ("新车交付三日回访", "Three days after delivery"),
        [
            Ask(
                "overall",
                "从看车到提车，您对我们的服务总体满意吗？",
                "From choosing the car to taking it home, how satisfied are you with us?",
                Scale.FIVE,
                is_key=True,
                alarm_at=2,
                cause="delivery",
            ),
            Ask(
                "phone_right",
                "以后有保养提醒或重要通知，就打您这个号码，可以吗？",
                "May we use this number for service reminders and important notices?",
            ),
            Ask(
                "address_right",
                "跟您核对一下登记的通讯地址，是这个地址吗？",
                "Let me check the postal address we have for you: is it right?",
            ),
            Ask(
                "introduced",
                "交车时，为您介绍过服务顾问和客户关系专员吗？",
                "At the hand-over, were you introduced to a service adviser and to customer relations?",
            ),
        ],
    ),
    "sales_7dc": (
        ("新车交付七日满意度", "Seven days after delivery: satisfaction"),
        [
            Ask(
                "overall",
                "这次买车的整个过程，您总体满意吗？",
                "All in all, how satisfied are you with buying this car from us?",
                Scale.FIVE,
                is_key=True,
                alarm_at=2,
                cause="delivery",
            ),
            Ask(
                "quality",
                "开了这几天，您对车子的质量满意吗？",
                "After these days of driving, how satisfied are you with the quality of the car?",
                Scale.FIVE,
                alarm_at=2,
                cause="product_quality",
            ),
            Ask(
                "consultant",
                "销售顾问的礼貌和专业程度，您满意吗？",
                "How satisfied are you with the manners and the knowledge of your sales consultant?",
                Scale.FIVE,
                alarm_at=2,
                cause="attitude",
            ),
            Ask(
                "features",
                "车上的功能和操作，销售顾问给您讲清楚了吗？",
                "Did the consultant explain the features of the car and how to use them?",
            ),
            Ask(
                "warranty",
                "保修范围和日常保养，给您讲清楚了吗？",
                "Were the warranty and the regular services explained to you?",
            ),
            Ask(
                "showroom",
                "展厅的环境和整洁，您满意吗？",
                "How satisfied are you with our showroom and how tidy it was?",
                Scale.FIVE,
                alarm_at=2,
                cause="environment",
            ),
            Ask(
                "appointments",
                "您知道保养可以提前打电话预约、到店不用排队吗？",
                "Do you know that you can book a service by phone and need not wait?",
            ),
        ],
    ),
    "service_3dc": (
        ("维修保养三日回访", "Three days after service"),
        [
            Ask(
                "overall",
                "这次来店维修保养，您总体满意吗？",
                "How satisfied are you with this visit to our workshop?",
                Scale.FIVE,
                is_key=True,
                alarm_at=2,
                cause="other",
            ),
            Ask(
                "fixed",
                "车子取回去以后，要处理的问题都解决了吗？",
                "Now that you have the car back, has everything been put right?",
                alarm_at=0,
                cause="repair_quality",
            ),
            Ask(
                "hotline",
                "您知道可以打服务热线预约，有问题也能直接找客户关系专员吗？",
                "Do you know our hotline, for appointments and for customer relations?",
            ),
        ],
    ),
    "care": (
        ("用车关怀", "How the car is getting on"),
        [
            Ask(
                "overall",
                "用到现在，您对车子和我们的服务总体满意吗？",
                "So far, how satisfied are you with the car and with our service?",
                Scale.FIVE,
                is_key=True,
                alarm_at=2,
                cause="other",
            ),
            ODOMETER,
        ],
    ),
    "service_due": (
        ("保养提醒", "Service reminder"),
        [
            Ask(
                "plan",
                "您打算什么时候来保养？",
                "When do you mean to come for the service?",
                Scale.CHOICE,
                is_key=True,
                choices=[
                    ("约好时间来", "Booked a time"),
                    ("近期会来", "Soon"),
                    NOT_YET,
                    ("已在本店做过", "Done here already"),
                    ("已在别处做过", "Done elsewhere"),
                    ("车在外地", "The car is out of town"),
                    ("暂时没时间", "No time for now"),
                    ("不打算来", "Does not mean to come"),
                ],
            ),
            ODOMETER,
        ],
    ),
    "renewal": (
        ("续保意向", "Insurance renewal"),
        [
            Ask(
                "intent",
                "今年的车险您打算怎么办？",
                "What do you mean to do about the insurance this year?",
                Scale.CHOICE,
                is_key=True,
                choices=[
                    ("在本店续", "Renew here"),
                    ("要报价比较", "Wants a quote to compare"),
                    ("还没考虑", "Has not thought about it"),
                    ("已在本店续", "Renewed here already"),
                    ("已在别处续", "Renewed elsewhere"),
                    ("打算在别处续", "Means to renew elsewhere"),
                    ("车要卖或不用了", "The car is to be sold or laid up"),
                ],
            ),
            Ask(
                "why_not",
                "不在本店续，主要是什么原因？",
                "If not here, what is the main reason?",
                Scale.CHOICE,
                choices=[
                    ("价格", "Price"),
                    ("亲友在做保险", "Friends or family sell insurance"),
                    ("单位统一投保", "Insured by the employer"),
                    ("以前理赔不满意", "Unhappy with a former claim"),
                    ("离得远", "Too far away"),
                    ("其他", "Something else"),
                ],
            ),
        ],
    ),
    # Why a customer no longer comes, in two levels (DOMAIN 2.3, FEATURES 5.3): the cause, and where the car goes instead.
    "away": (
        ("不来厂原因", "Why a customer stays away"),
        [
            Ask(
                "cause",
                "这段时间没来，主要是什么原因？",
                "What is the main reason you have not come?",
                Scale.CHOICE,
                is_key=True,
                choices=[
                    ("价格高", "Too expensive"),
                    ("离得远、不方便", "Too far, inconvenient"),
                    ("等得久、难预约", "Long waits, hard to book"),
                    ("维修质量", "Quality of the work"),
                    ("服务态度", "How we treated her"),
                    ("开得少，还没到", "Drives little, not due yet"),
                    ("人或车在外地", "She or the car is out of town"),
                    ("不再有这辆车", "Has the car no more"),
                    ("其他", "Something else"),
                ],
            ),
            Ask(
                "where",
                "现在车子一般在哪里保养？",
                "Where is the car serviced now?",
                Scale.CHOICE,
                choices=[
                    ("同品牌别的店", "Another dealer of the brand"),
                    ("连锁快修店", "A repair chain"),
                    ("路边店、熟人", "A small garage, somebody she knows"),
                    ("自己做", "Does it herself"),
                    ("最近没做过", "Nowhere lately"),
                ],
            ),
            Ask(
                "return",
                "如果我们改进了，您还愿意来吗？",
                "If we do better, would you come again?",
            ),
        ],
    ),
    "complaint_recontact": (
        ("投诉处理确认", "After a complaint: does the solution hold"),
        [
            Ask(
                "overall",
                "您对这次的处理结果满意吗？",
                "How satisfied are you with what was done about it?",
                Scale.FIVE,
                is_key=True,
                alarm_at=2,
                cause="other",
            ),
            Ask(
                "fixed",
                "您反映的问题解决了吗？",
                "Has what you told us of been put right?",
                alarm_at=0,
                cause="other",
            ),
            Ask("quick", "处理得够及时吗？", "Was it dealt with quickly enough?"),
        ],
    ),
    "complaint_resurvey": (
        ("投诉结案后回访", "Ten days after a complaint was closed"),
        [
            Ask(
                "overall",
                "回头看，您对我们处理这件事总体满意吗？",
                "Looking back, how satisfied are you with how we handled it?",
                Scale.FIVE,
                is_key=True,
                alarm_at=2,
                cause="other",
            ),
            Ask(
                "lasting",
                "问题没有再出现吧？",
                "Has it stayed away since?",
                alarm_at=0,
                cause="repair_quality",
            ),
            Ask("again", "以后您还会来我们店吗？", "Will you come to us again?"),
        ],
    ),
}


def seed_store(store):
    """Make the shipped questionnaires for `store`, version 1 published; what is already there stays as it is."""
    known = set(Questionnaire.objects.filter(store=store, code__in=SHIPPED).values_list("code", flat=True))
    questionnaires = Questionnaire.objects.bulk_create(
        Questionnaire(store=store, code=code, name_zh=names[0], name_en=names[1])
        for code, (names, _asks) in SHIPPED.items()
        if code not in known
    )
    versions = Version.objects.bulk_create(
        Version(questionnaire=questionnaire, number=1, published_at=store.created_at)
        for questionnaire in questionnaires
    )
    Question.objects.bulk_create(
        Question(
            version=version,
            order=order,
            code=ask.code,
            text_zh=ask.zh,
            text_en=ask.en,
            scale=ask.scale,
            is_key=ask.is_key,
            alarm_at=ask.alarm_at,
            cause_code=ask.cause,
            choices=[{"zh": zh, "en": en} for zh, en in ask.choices],
        )
        for version in versions
        for order, ask in enumerate(SHIPPED[version.questionnaire.code][1], start=1)
    )
