"""Customers who have not come for long, and those whom no number reaches."""

from followups.defaults.scripts.shipped import Shipped

SCRIPTS = (
    Shipped(
        rule="thin_ice",
        questionnaire="away",
        zh="""\
{greeting}，请问是{person}吗？我是{store}客户关系中心的{agent}。您的{car}有一阵子没来我们店了，打个电话问问车子的情况，一两分钟，您现在方便吗？

[现在不方便] 没关系，您先忙。您看什么时候方便，我再打给您？

> 上次来店：{last_visit}，已有{months_away}个月。先听，不推销。

车子最近还常开吗？一切都好吧？

> 接着按题目提问，客户的原话记进备注。

[对我们不满意] 真对不起，让您失望了。是什么事，您跟我说说？我原原本本记下来，请服务经理给您回电话。

> 需要的话当场登记投诉。

[在别处保养] 明白了，谢谢您直说。以后有什么想比较、想问的，随时找我们，技师和配件都是原厂的。

[很少开] 车停久了，机油和刹车油一样会老化，电瓶也容易亏电，半年一年也得看一看。您什么时候方便，我帮您约个时间？

好的，谢谢您愿意跟我说这些。有事打{hotline}，祝您一路平安，再见！

> 等客户先挂机。
""",
        en="""\
{greeting}, am I speaking with {person}? This is {agent} from customer relations at {store}. We have not seen your {car} for a while, and I would like to ask how it is. It takes a minute or two. Is this a good moment?

[Not a good moment] Of course. When would suit you? I will ring you then.

> Last visit: {last_visit}, {months_away} months ago. Listen first, do not sell.

Do you still drive the car much? Is everything all right with it?

> Now the questions; put her own words into the note.

[Unhappy with us] I am sorry that we let you down. What happened? I will write it down word for word and have the service manager ring you.

> Open a complaint at once where it is one.

[Goes elsewhere] I see, thank you for saying so. If there is ever anything to compare or to ask, turn to us; our technicians and parts are the maker's own.

[Hardly drives] Oil and brake fluid age in a standing car too, and the battery runs down, so it should be looked at once or twice a year. When would suit you?

Thank you for telling me all this. Ring {hotline} if there is anything. A safe journey always, goodbye!

> Let the customer hang up first.
""",
    ),
    Shipped(
        rule="churn_12",
        questionnaire="away",
        zh="""\
{greeting}，请问是{person}吗？我是{store}客户关系中心的{agent}。您的{car}有一年多没来我们店了，我们一直惦记着，想听听是什么原因，两分钟左右，您现在方便吗？

[现在不方便] 没关系，您先忙。您看什么时候方便，我再打给您？

> 上次来店：{last_visit}，已有{months_away}个月。目的是听原因，能请回来更好。

想问问您，这一年没来，是因为车子、因为我们，还是别的缘故？您照实说就好。

> 接着按题目提问。让客户说完，中间不插话。

[对我们不满意] 谢谢您告诉我，确实是我们没做好。您说的我记下来，请服务经理亲自给您回电话。您愿意的话，下次来我陪着您办。

> 需要的话当场登记投诉。

[价格原因] 您的意思我明白。店里有时候有针对老客户的活动，有合适的我再告诉您，可以吗？

> 现在有活动就照实说；没有就不说，更不许诺折扣。

[车卖了] 好的，谢谢您告诉我，我把资料改过来，以后这辆车就不打扰您了。

> 结果选“车已转让”“车已报废”或“车已迁往外地”。

[愿意回来] 太好了，我给您约个时间，来了先免费做一遍检查，您看哪天方便？

> 免费检查以本店现行做法为准。

不管怎么样，都谢谢您。以后用车有什么事，打{hotline}就行。祝您一切顺利，再见！
""",
        en="""\
{greeting}, am I speaking with {person}? This is {agent} from customer relations at {store}. It is more than a year since we saw your {car}. You have been on our minds, and I would like to hear why; it takes about two minutes. Is this a good moment?

[Not a good moment] Of course. When would suit you? I will ring you then.

> Last visit: {last_visit}, {months_away} months ago. We want to learn the reason; if she comes back, all the better.

May I ask: was it the car, was it us, or something else? Please speak openly.

> Now the questions. Let her finish, do not interrupt.

[Unhappy with us] Thank you for telling me; that was our fault. I will write it down and have the service manager himself ring you. If you come again, I will look after you in person.

> Open a complaint at once where it is one.

[The price] I understand. From time to time we have offers for former customers; may I tell you when one suits you?

> If there is one now, say what it is; if not, say nothing, and promise no discount.

[The car is gone] Thank you for telling me. I will put our records right, and you will not be troubled about this car again.

> Choose the result “Car sold”, “Car scrapped” or “Car moved away”.

[Would come back] I am glad. Let me find you a time; we will first check the car free of charge. Which day would suit you?

> The free check as far as our store offers it.

Thank you in any case. If there is ever anything with the car, ring {hotline}. All the best, goodbye!
""",
    ),
    Shipped(
        rule="lost_contact",
        questionnaire="",
        zh="""\
> 所有号码都打不通或不对，先发短信；一个月后再试着打一次。车来店时由前台当面核对电话。

[短信] {person}您好，我们是{store}。有几次想联系您，电话没有打通，怕错过您爱车的保养和安全通知。方便的话请回电{hotline}，或回复您的常用号码。打扰了，祝您平安。拒收请回复R

{greeting}，请问是{person}吗？我是{store}客户关系中心的{agent}。之前给您打过几次电话没打通，今天总算联系上您了，您现在方便吗？

[现在不方便] 没关系，您看什么时候方便，我再打给您？

想跟您核对一下电话和地址，以后保养提醒、召回这些重要通知，才不会漏掉。现在这个号码就是您常用的吗？

> 登记地址：{address}。号码、地址当场改好，能加微信的加微信。

[不是本人] 打扰您了。请问您认识{customer}吗？方便的话，请转告他给{store}回个电话，号码是{hotline}。

> 对方不认识客户的，结果选“错号或非本人”，不透露客户的任何情况。

好的，都记下了，谢谢您。有事打{hotline}，再见！
""",
        en="""\
> No number works or is hers: first the message, a month later another try. When the car comes in, the reception checks the number face to face.

[Message] Dear {person}, this is {store}. We have tried to ring you several times and could not reach you, and would not like you to miss notices about the service and the safety of your car. Please ring {hotline}, or reply with the number you use. Reply R to refuse messages.

{greeting}, am I speaking with {person}? This is {agent} from customer relations at {store}. We tried to reach you several times; I am glad to have found you today. Is this a good moment?

[Not a good moment] That is all right. When may I ring you again?

May I check your number and address with you, so that no service reminder and no recall is lost? Is this the number you use?

> Address on file: {address}. Correct number and address at once; add her on WeChat if she likes.

[Somebody else] I am sorry to trouble you. Do you know {customer}? If so, would you ask them to ring {store} on {hotline}?

> If they do not, choose “Wrong number or wrong person” and tell nothing about the customer.

I have it all now, thank you. Ring {hotline} if there is anything. Goodbye!
""",
    ),
)
