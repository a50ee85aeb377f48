"""Insurance that ends."""

from followups.defaults.scripts.shipped import Shipped

SCRIPTS = (
    Shipped(
        rule="renewal",
        questionnaire="renewal",
        zh="""\
{greeting}，请问是{person}吗？我是{store}客户关系中心的{agent}。您的{car}，车险到期日是{policy_end}，提醒您一声，占用您一分钟，您现在方便吗？

[现在不方便] 没关系，您先忙。您看什么时候方便，我再打给您？

> 客户分组：{group}。保险公司：{insurer}。商业险到期日为准，只有交强险的按交强险。

[首年续保] 您买车的时候保险是在我们店办的，这是第一次续保。您这一年要是没出险，今年保费一般会有优惠，我让续保专员给您算一份明细，几家公司的都列出来，您比一比。

[老客户续保] 去年也是在我们店续的，谢谢您一直信任我们。今年还按去年的险种给您算，还是有想调整的？

[在店保养、没在店投保] 您一直在我们店保养，保险好像是在别处办的。在店里续的好处，是出了险有专人帮您跑，定损、维修、配件都在一个地方。我先给您报个价，不合适没关系。

[已经脱保] 系统里看，您上一份保险{policy_end}已经到期了。您后来续上了吗？交强险断了上路是要处罚的，出了事全得自己承担。要是还没续，我今天就请续保专员联系您。

> 接着按题目提问：打算在哪里续、什么时候定。

[要报价] 好的，我请续保专员今天跟您联系，把明细发给您。您看电话还是微信方便？

[已在别处续了] 好的，谢谢您告诉我。到期日是哪天，我记一下，以后就不再打扰您了。

[觉得贵] 价格我不能替专员许诺，我把您的想法转过去，请他再帮您看看方案。

> 不许诺折扣、返现、礼品；不说别家保险公司的不是。

好的，谢谢您。有什么要问的打{hotline}，再见！

> 等客户先挂机。
""",
        en="""\
{greeting}, am I speaking with {person}? This is {agent} from customer relations at {store}. The insurance of your {car} ends on {policy_end}. May I take a minute to remind you? Is this a good moment?

[Not a good moment] Of course. When would suit you? I will ring you then.

> Group: {group}. Insurer: {insurer}. The commercial cover leads; the compulsory one where there is no other.

[First year] The insurance was taken out with us when you bought the car, so this is its first renewal. Without a claim this year the premium usually goes down. I will have our renewal agent set out what several insurers ask, so that you can compare.

[Renewed here before] You renewed with us last year; thank you for your trust. Shall we reckon the same covers again, or is there anything you would like to change?

[Serviced here, insured elsewhere] You have your car serviced with us, but it seems to be insured elsewhere. If you renew here, somebody takes care of a claim for you: assessment, repair and parts in one place. Let me have a quote made; if it does not suit you, no harm is done.

[Lapsed] As far as we know your last insurance ended on {policy_end}. Have you renewed it since? Driving without the compulsory cover is fined, and after an accident all is yours to pay. If not, our renewal agent can ring you today.

> Now the questions: where she means to renew, and when she will decide.

[Wants a quote] Our renewal agent will get in touch with you today and send you the details. By phone or on WeChat?

[Renewed elsewhere] Thank you for telling me. Until which day does it run? I will note it and not trouble you again.

[Too expensive] I cannot promise anything for my colleague, but I will pass it on and ask for another proposal.

> Promise no discount, no money back, no presents; say nothing against other insurers.

Thank you. Ring {hotline} with any question. Goodbye!

> Let the customer hang up first.
""",
    ),
)
