"""The scripts every store starts with, in natural Chinese and in English; how they are written, followups.scripts says.

They are spoken, not read out: short sentences, one question at a time, the customer's own words first. The questions of the
named questionnaire follow on the desk, so a script leads to them and away from them and does not repeat them.
What is said and why: docs/rules.md (S0, S1: confirm phone and address, introduce the service adviser and DCRC, promote
appointments, never argue, promise nothing that cannot be kept).
"""

from dataclasses import dataclass

from cvp.services import current_version
from followups.models import Script


@dataclass(frozen=True)
class Shipped:
    rule: str
    questionnaire: str  # code of a cvp questionnaire; "" asks nothing
    zh: str
    en: str


SCRIPTS = (
    Shipped(
        rule="delivery_3dc",
        questionnaire="sales_3dc",
        zh="""\
{greeting}，请问是{person}吗？我是{store}客户关系中心的{agent}。您{day}在我们店提的{car}，今天是第{days}天了，想问候您一声，再跟您核对一下资料，两分钟左右，您现在方便吗？

[现在不方便] 没关系，不打扰您了。您看今天晚一点，还是明天什么时候方便？我到时候再打给您。

> 确认身份后改称“×女士”“×先生”。先让客户说，再提问；说到的问题记进备注。

恭喜您提了新车！这几天开下来还顺手吗？有没有哪个功能还不太清楚，想让我们再讲一讲的？

> 接着按题目提问。登记地址：{address}。电话或地址有变的，当场改好。

[有不满意] 真是抱歉，给您添麻烦了。您能跟我说说当时的情况吗？我记下来，请负责的同事尽快联系您，处理得怎么样，我也会再给您回个电话。

> 不争辩，不解释，也不许诺做不到的事。

以后保养、用车上的事，您可以找您的服务顾问，也可以直接打我们的服务热线{hotline}。有什么意见，找我们客户关系中心就行，我叫{agent}。

> 报出该客户服务顾问的姓名和电话。

好的，那就不多打扰您了。感谢您选择{store}，祝您一路平安，再见！

> 等客户先挂机。
""",
        en="""\
{greeting}, am I speaking with {person}? This is {agent} from customer relations at {store}. You took home your {car} on {day}, {days} days ago, and I would like to hear how you are and check a few details with you. It takes about two minutes. Is this a good moment?

[Not a good moment] Of course, I will not keep you. Would later today suit you, or some time tomorrow? I will ring you then.

> Let the customer speak first, then ask. Put whatever she mentions into the note.

Congratulations on your new car! How has it been these first days? Is there anything about it you would like us to explain once more?

> Now the questions. Address on file: {address}. Correct a wrong number or address at once.

[Dissatisfied] I am truly sorry about that. Could you tell me what happened? I will write it down and have the colleague in charge get in touch with you soon, and I will ring you again to hear how it went.

> Do not argue, do not explain it away, promise nothing that cannot be kept.

For services and anything about the car you can turn to your service adviser, or ring our hotline {hotline}. If there is ever something you are not happy with, just ask for customer relations; my name is {agent}.

> Give the name and number of the customer's service adviser.

Thank you for choosing {store}, and a safe journey always. Goodbye!

> Let the customer hang up first.
""",
    ),
    Shipped(
        rule="delivery_7dc",
        questionnaire="sales_7dc",
        zh="""\
{greeting}，请问是{person}吗？我是{store}客户关系中心的{agent}。您的{car}提回去有一个星期了，想听听您对我们销售服务的评价，大概三分钟，您看现在方便吗？

[现在不方便] 没关系，您先忙。您看什么时候方便，我到时候再打给您？

> 前几天已经通过话的，先谢谢客户上次接听，不重复核对资料。

车子这一周开下来，感觉怎么样？

> 接着按题目提问。客户夸到谁，也记下名字。

[有不满意] 非常抱歉让您不满意了，谢谢您愿意告诉我。具体是什么情况，您慢慢说，我记下来，请负责的同事尽快联系您，之后我再给您回电。

> 不争辩，不解释，也不许诺做不到的事。

还有一件事跟您说一声：以后来店保养，您提前打{hotline}约个时间，工位和技师都给您留好，到店不用排队。

[问首保时间] 首保的时间和里程以保养手册为准，先到哪个就按哪个。到期前我们也会打电话提醒您。

好的，谢谢您的宝贵意见。祝您用车愉快，再见！

> 等客户先挂机。
""",
        en="""\
{greeting}, am I speaking with {person}? This is {agent} from customer relations at {store}. You have had your {car} for about a week now, and I would like to hear what you think of how we served you. It takes about three minutes. Is this a good moment?

[Not a good moment] Of course. When would suit you? I will ring you then.

> If she took a call some days ago, thank her for that and do not check her details again.

How has the car been this first week?

> Now the questions. If she praises somebody, note the name.

[Dissatisfied] I am very sorry, and thank you for telling me. Please take your time and tell me what happened. I will write it down, the colleague in charge will get in touch with you soon, and I will ring you again afterwards.

> Do not argue, do not explain it away, promise nothing that cannot be kept.

One more thing that may help you: before a service, ring {hotline} and book a time. A bay and a technician will be kept for you, and you need not wait.

[Asks when the first service is due] It depends on time and mileage as written in your service booklet, whichever comes first. We will ring you before it is due.

Thank you very much for your opinion. Enjoy your car. Goodbye!

> Let the customer hang up first.
""",
    ),
    Shipped(
        rule="service_3dc",
        questionnaire="service_3dc",
        zh="""\
{greeting}，请问是{person}吗？我是{store}客户关系中心的{agent}。{car}{day}在我们店做了维修保养，接待您的是服务顾问{advisor}。想做个简单的回访，大概两分钟，您现在方便吗？

[现在不方便] 没关系，您先忙。您看什么时候方便，我再打给您？

[不是本人送修] 好的，谢谢您。请问那天是哪位送车来的？方便的话，我跟他联系一下，号码是多少？

> 本次项目：{work}。工单号：{order_no}。

这两天车子开着怎么样？

> 接着按题目提问。

[问题没修好] 实在抱歉，让您白跑了一趟。是什么情况，您跟我说说？我马上转给服务部，请他们尽快联系您，安排时间再检查，结果我也会跟进。

[有不满意] 非常抱歉，谢谢您告诉我。您说说当时的情况，我记下来，请负责的同事尽快联系您。

> 不争辩，不评论对错，也不许诺费用和时间。

下次保养，您可以提前打{hotline}预约，到店不用排队；有问题也可以直接找我们客户关系中心。

好的，谢谢您抽时间，祝您一路平安，再见！

> 等客户先挂机。
""",
        en="""\
{greeting}, am I speaking with {person}? This is {agent} from customer relations at {store}. {car} was in our workshop on {day}, and {advisor} looked after you. May I ask you a few short questions? It takes about two minutes.

[Not a good moment] Of course. When would suit you? I will ring you then.

[Somebody else brought the car] I see, thank you. Who brought it that day, and on which number could I reach that person?

> Work done: {work}. Order: {order_no}.

How has the car been running these days?

> Now the questions.

[Not put right] I am very sorry that you came for nothing. Could you tell me what is happening? I will pass it on to the workshop at once, they will get in touch with you soon to look at it again, and I will follow it up.

[Dissatisfied] I am very sorry, and thank you for telling me. Please tell me what happened. I will write it down and have the colleague in charge get in touch with you soon.

> Do not argue, do not judge, promise neither costs nor dates.

For the next service you can book a time on {hotline}, so that you need not wait. If anything is the matter, customer relations is there for you too.

Thank you for your time, and a safe journey always. Goodbye!

> Let the customer hang up first.
""",
    ),
    Shipped(
        rule="promise",
        questionnaire="",
        zh="""\
{greeting}，{person}，我是{store}客户关系中心的{agent}。跟您约好{agreed}给您回电话，您现在方便吗？

> 约定的事：{subject}。先看上次的通话备注，不要让客户再说一遍。

上次说到{subject}，我跟您接着说。

[还是不方便] 没关系，您再定个时间，我准时打给您。

[还没有结果] 您的事我一直记着，目前还在办。让您久等了，很抱歉。有了准信我马上告诉您，我们再约个时间，好吗？

您看还有什么需要我帮您办的吗？好的，谢谢您，再见！
""",
        en="""\
{greeting}, {person}, this is {agent} from customer relations at {store}. We had agreed that I would ring you {agreed}. Is it still a good moment?

> Agreed: {subject}. Read the note of the last call first; the customer must not have to tell it again.

Last time we spoke about {subject}; let me go on from there.

[Still not a good moment] That is all right. Name another time, and I will ring you then.

[No result yet] I have not forgotten you; it is still being worked on, and I am sorry to keep you waiting. I will tell you as soon as I know for certain. Shall we agree on another time?

Is there anything else I can do for you? Thank you, goodbye!
""",
    ),
    Shipped(
        rule="manual",
        questionnaire="",
        zh="""\
{greeting}，请问是{person}吗？我是{store}客户关系中心的{agent}。有件事想跟您说一下，您现在方便吗？

[现在不方便] 没关系，您看什么时候方便，我再打给您？

> 要说的事：{subject}。车辆：{car}。

> 说完请客户复述或确认；要办的事记清楚谁办、什么时候办。

您看还有什么需要我帮您的吗？以后有事可以打我们的服务热线{hotline}。谢谢您，再见！
""",
        en="""\
{greeting}, am I speaking with {person}? This is {agent} from customer relations at {store}. There is something I would like to tell you. Is this a good moment?

[Not a good moment] Of course. When may I ring you again?

> What about: {subject}. Car: {car}.

> Have the customer confirm what was said; note who will do what, and by when.

Is there anything else I can do for you? You can always reach us on our hotline {hotline}. Thank you, goodbye!
""",
    ),
)


def seed_scripts(store):
    """Make version 1 of each rule's script for `store`; rules that have a script keep it.

    The store's questionnaires must be there (cvp.defaults runs first, settings.STORE_DEFAULTS).
    """
    known = set(Script.objects.filter(store=store).values_list("rule", flat=True))
    Script.objects.bulk_create(
        Script(
            store=store,
            rule=shipped.rule,
            body_zh=shipped.zh.strip(),
            body_en=shipped.en.strip(),
            version=current_version(store, shipped.questionnaire) if shipped.questionnaire else None,
        )
        for shipped in SCRIPTS
        if shipped.rule not in known
    )
