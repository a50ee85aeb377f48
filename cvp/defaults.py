"""The questionnaires every store starts with, short enough to be answered by number keys while the customer talks.

What they ask: S1's seven sales questions (overall, quality of the car, the consultant's manners and knowledge, features
explained, warranty and servicing explained, showroom, introduced to service adviser and DCRC), S1's 销售三日回访 (confirm
the new owner's phone and address), S0's talk about appointments, and after service whether the fault is gone. Wordings are ours.
Dissatisfied is 1 or 2 of 5, or a fault that was not fixed.
"""

from dataclasses import dataclass

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
    category: str = ""  # a complaints.Category


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
                category="delivery",
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
                category="delivery",
            ),
            Ask(
                "quality",
                "开了这几天，您对车子的质量满意吗？",
                "After these days of driving, how satisfied are you with the quality of the car?",
                Scale.FIVE,
                alarm_at=2,
                category="product_quality",
            ),
            Ask(
                "consultant",
                "销售顾问的礼貌和专业程度，您满意吗？",
                "How satisfied are you with the manners and the knowledge of your sales consultant?",
                Scale.FIVE,
                alarm_at=2,
                category="attitude",
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
                category="environment",
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
                category="other",
            ),
            Ask(
                "fixed",
                "车子取回去以后，要处理的问题都解决了吗？",
                "Now that you have the car back, has everything been put right?",
                alarm_at=0,
                category="repair_quality",
            ),
            Ask(
                "hotline",
                "您知道可以打服务热线预约，有问题也能直接找客户关系专员吗？",
                "Do you know our hotline, for appointments and for customer relations?",
            ),
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
            complaint_category=ask.category,
        )
        for version in versions
        for order, ask in enumerate(SHIPPED[version.questionnaire.code][1], start=1)
    )
