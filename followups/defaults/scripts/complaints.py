"""After a complaint: does the solution hold, and some days later how content she is."""

from followups.defaults.scripts.shipped import Shipped

SCRIPTS = (
    Shipped(
        rule="complaint_recontact",
        questionnaire="complaint_recontact",
        zh="""\
{greeting}，请问是{person}吗？我是{store}客户关系中心的{agent}。您前些天反映的事，我们这边已经处理了，想跟您确认一下结果，两分钟，您现在方便吗？

[现在不方便] 没关系，您看什么时候方便，我准时打给您？

> 投诉{complaint_no}：{complaint_summary}
> 处理结果：{resolution}
> 先看完经过再拨，不要让客户从头再说一遍。

给您添麻烦了，再跟您说声抱歉。我们同事跟您联系过了吧？问题是不是真的解决了？

> 接着按题目提问。

[解决了，满意] 谢谢您给我们改正的机会。那这件事我们就按办结处理，以后有任何问题，您直接找我，我叫{agent}。

[还没解决] 对不起，让您又等了一回。还差什么，您跟我说，我马上转给负责的经理重新处理，有进展我给您回电话。

> 在投诉栏写明还差什么，原投诉会重新打开，不用另开一单。

[对处理人有意见] 我明白，谢谢您告诉我。我会如实转给客户关系经理。

> 不替任何人辩解，不许诺赔偿。

再次感谢您，祝您一切顺利，再见！

> 等客户先挂机。
""",
        en="""\
{greeting}, am I speaking with {person}? This is {agent} from customer relations at {store}. What you told us some days ago has been dealt with on our side, and I would like to make sure with you; it takes two minutes. Is this a good moment?

[Not a good moment] That is all right. Name a time and I will ring you then.

> Complaint {complaint_no}: {complaint_summary}
> What was done: {resolution}
> Read all of it before you dial; she must not have to tell it again.

Let me say once more that we are sorry for the trouble. My colleague has been in touch with you, I trust. Has the matter really been put right?

> Now the questions.

[Put right] Thank you for giving us the chance. Then we take it as settled. Should anything come up, ask for me; my name is {agent}.

[Not put right] I am sorry that you have to wait again. Tell me what is still missing. It goes back to the manager in charge at once, and I will ring you as soon as there is news.

> Write in the complaint box what is missing: the same case is opened again, no new one.

[Unhappy with a person] I understand, and thank you for telling me. I will pass it on to the customer relations manager as you said it.

> Excuse nobody, promise no compensation.

Thank you again, all the best, goodbye!

> Let the customer hang up first.
""",
    ),
    Shipped(
        rule="complaint_resurvey",
        questionnaire="complaint_resurvey",
        zh="""\
{greeting}，请问是{person}吗？我是{store}客户关系中心的{agent}。上次您反映的事办结有十来天了，做个简单的回访，一分钟，您现在方便吗？

[现在不方便] 没关系，您看什么时候方便，我再打给您？

> 投诉{complaint_no}：{complaint_summary}
> 处理结果：{resolution}

这段时间，问题没有再出现吧？

> 接着按题目提问。

[又出现了] 实在对不起。情况我记下来，马上请负责的经理联系您。

> 登记为新的投诉，备注写上原来的单号。

谢谢您还愿意给我们机会，有事随时打{hotline}，祝您一路平安，再见！
""",
        en="""\
{greeting}, am I speaking with {person}? This is {agent} from customer relations at {store}. It is about ten days since the matter you told us of was settled, and I have a few short questions; it takes a minute. Is this a good moment?

[Not a good moment] That is all right. When may I ring you again?

> Complaint {complaint_no}: {complaint_summary}
> What was done: {resolution}

It has not come up again since, I hope?

> Now the questions.

[It has come up again] I am truly sorry. I will write it down and have the manager in charge get in touch with you at once.

> Open a new complaint and name the former number in the note.

Thank you for giving us another chance. Ring {hotline} at any time. A safe journey always, goodbye!
""",
    ),
)
