"""Calls that a person promised or set."""

from followups.defaults.scripts.shipped import Shipped

SCRIPTS = (
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
