"""The outcome list every store starts with.

Three levels, and within a level the number key 1-9 is the `order`. Sources: DOMAIN 2.2 (result codes of the systems read:
无人接听, 占线, 关机, 无法接通, 拒接, 空号, 停机, 错号, 明确拒绝, 车子转让), the three levels of S1's 成功/失败/无效.
Codes are stable: figures, tests and other rooms may name them; labels and the rest are the store's to edit.
"""

from dataclasses import dataclass

from followups.choices import Effect, Level
from followups.models import Outcome


@dataclass(frozen=True)
class Shipped:
    code: str
    label_zh: str
    label_en: str
    effect: Effect
    note_required: bool = False


OUTCOMES: dict[Level, tuple[Shipped, ...]] = {
    Level.REACHED: (
        # A topic with a questionnaire is done when its key question is answered.
        Shipped("done", "完成", "Done", Effect.DONE),
        Shipped("call_back", "约时间再打", "Call back at an agreed time", Effect.PROMISE),
        Shipped("declined", "不需要本次回访", "Does not want this call", Effect.DECLINED),
        Shipped("car_sold", "车已转让", "Car sold", Effect.CAR_GONE),
        # The note is kept as the reason of the do-not-call mark, the proof that the customer said so.
        Shipped("no_more_calls", "明确拒绝来电", "Wants no calls at all", Effect.DO_NOT_CALL, note_required=True),
        Shipped("not_available", "本人不在或不便，改日再打", "Not there or no time, another day", Effect.RETRY),
        # Sets a wish for this topic alone; the note, if any, is kept as its reason.
        Shipped("no_topic", "以后不用打这类电话", "Never again about this", Effect.NO_TOPIC),
        Shipped("car_scrapped", "车已报废", "Car scrapped", Effect.CAR_GONE),
        Shipped("car_moved", "车已迁往外地", "Car moved away", Effect.CAR_GONE),
    ),
    Level.NOT_REACHED: (
        Shipped("no_answer", "无人接听", "No answer", Effect.RETRY),
        Shipped("busy", "占线", "Busy", Effect.RETRY),
        Shipped("power_off", "关机", "Switched off", Effect.RETRY),
        Shipped("no_connection", "无法接通", "No connection", Effect.RETRY),
        Shipped("rejected", "拒接", "Call rejected", Effect.RETRY),
        Shipped("hung_up", "挂断或信号中断", "Hung up or line lost", Effect.RETRY),
    ),
    Level.INVALID: (
        Shipped("dead_number", "空号", "Number not in service", Effect.BAD_NUMBER),
        Shipped("suspended", "停机", "Number suspended", Effect.BAD_NUMBER),
        Shipped("wrong_number", "错号或非本人", "Wrong number or wrong person", Effect.WRONG_NUMBER),
    ),
}

# What the situations of the desk bring about (followups.situations): on no number key of the list, so behind all of it.
SITUATIONS: tuple[Shipped, ...] = (
    Shipped("deceased", "客户已去世", "The customer has died", Effect.DECEASED),
    Shipped("fleet_car", "车队或出租用车", "Fleet car or taxi", Effect.FLEET),
    Shipped("line_dropped", "通话中断，稍后接着打", "The line broke, to be called again", Effect.DROPPED),
    Shipped("handed_over", "请门店马上联系客户", "Handed over, the store rings back", Effect.HANDED_OVER),
)
BEHIND = 50


def seed_outcomes(store):
    """Make the shipped outcomes for `store`; existing codes stay as they are."""
    known = set(Outcome.objects.filter(store=store).values_list("code", flat=True))
    wanted = [(level, order, shipped) for level, those in OUTCOMES.items() for order, shipped in enumerate(those, 1)]
    wanted += [(Level.REACHED, BEHIND + order, shipped) for order, shipped in enumerate(SITUATIONS, 1)]
    Outcome.objects.bulk_create(
        Outcome(
            store=store,
            code=shipped.code,
            level=level,
            label_zh=shipped.label_zh,
            label_en=shipped.label_en,
            effect=shipped.effect,
            note_required=shipped.note_required,
            order=order,
        )
        for level, order, shipped in wanted
        if shipped.code not in known
    )
