"""Services that come due, warranties and inspections that end."""

from followups.defaults.scripts.shipped import Shipped

SCRIPTS = (
    Shipped(
        rule="first_service",
        questionnaire="service_due",
        zh="""\
{greeting}，请问是{person}吗？我是{store}客户关系中心的{agent}。您的{car}快到首次保养了，提醒您一声，一分钟，您现在方便吗？

[现在不方便] 没关系，您先忙。您看什么时候方便，我再打给您？

> 推算首保：{service_due}前后，或{due_km}公里。

想先问一下，车子现在大概跑了多少公里？

> 里程填进题目，系统会重新推算。

[已经到了] 那差不多该做了。首保主要是检查和换机油，您看哪天有空？我帮您记下时间，请服务顾问跟您确认，到店不用排队。

[里程还没到] 好的，那还不着急。时间和里程先到哪个算哪个，您的车最晚在{service_due}前后也要做一次。快到的时候我再提醒您。

> 填了里程，提醒会改到推算的新日期；说不出里程的，选“约时间再打”。

[在别处做过了] 好的，谢谢您告诉我。方便问一下是在哪里做的吗？做保养的单据您留好，以后质保用得上。

> 首保免费的车型，说明要在规定的时间和里程之内来，并带上保养手册和行驶证。

那就这样跟您定了。来之前有变动，打{hotline}说一声就行。谢谢您，再见！

> 等客户先挂机。
""",
        en="""\
{greeting}, am I speaking with {person}? This is {agent} from customer relations at {store}. Your {car} will soon be due for its first service; I only want to remind you. It takes a minute. Is this a good moment?

[Not a good moment] Of course. When would suit you? I will ring you then.

> Worked out: around {service_due}, or {due_km} km.

May I ask first how many kilometres the car has run by now?

> Put the mileage into the answer; the day is worked out anew.

[It is due] Then it is about time. The first service is mainly a check and an oil change. Which day would suit you? I will note it, the service adviser will confirm it, and you need not wait.

[Not yet] Then there is no hurry. Time or mileage, whichever comes first: around {service_due} at the latest it should be done. I will remind you again before that.

> With the mileage filled in, the reminder moves to the new day; where she cannot tell it, choose “Call back at an agreed time”.

[Done elsewhere] Thank you for telling me. May I ask where? Please keep the papers, you may need them for the warranty.

> Where the first service is free, say that this holds only within its time and mileage, and to bring booklet and registration.

Then that is settled. If anything changes, just ring {hotline}. Thank you, goodbye!

> Let the customer hang up first.
""",
    ),
    Shipped(
        rule="periodic_service",
        questionnaire="service_due",
        zh="""\
{greeting}，请问是{person}吗？我是{store}客户关系中心的{agent}。您的{car}差不多又该保养了，提醒您一声，也帮您约个方便的时间，一分钟，您现在方便吗？

[现在不方便] 没关系，您先忙。您看什么时候方便，我再打给您？

> 上次来店：{last_visit}。推算下次保养：{service_due}前后，或{due_km}公里。

车子现在大概跑了多少公里了？

> 里程填进题目，系统会重新推算。

[想来保养] 好的，您看平时还是周末方便？上午还是下午？我帮您记下来，请服务顾问跟您确认，到店不用排队。这次除了保养，还有什么想一起看看的吗？

[里程还没到] 明白了，那我过些日子再提醒您。按时间算，最晚{service_due}前后也该换一次机油了。

> 填了里程，提醒会改到推算的新日期；说不出里程的，选“约时间再打”。

[在别处做过了] 好的，谢谢您告诉我。是我们哪里做得不周到吗？您直说没关系，我记下来反映。

> 不追问，不评论别家；原因记进备注。

[嫌贵] 您的意思我明白。具体价格我请服务顾问给您算清楚，要做哪些、多少钱，都先跟您说明白，您觉得合适再来。

> 不许诺折扣。

好的，谢谢您。有变动打{hotline}就行，祝您一路平安，再见！

> 等客户先挂机。
""",
        en="""\
{greeting}, am I speaking with {person}? This is {agent} from customer relations at {store}. Your {car} should be about due for a service again. I would like to remind you, and to find a time that suits you; it takes a minute. Is this a good moment?

[Not a good moment] Of course. When would suit you? I will ring you then.

> Last visit: {last_visit}. Worked out: around {service_due}, or {due_km} km.

How many kilometres has the car run by now?

> Put the mileage into the answer; the day is worked out anew.

[Wants to come] Very well: weekday or weekend, morning or afternoon? I will note it and the service adviser will confirm it, so that you need not wait. Is there anything else we should look at?

[Not yet] I see, then I will remind you a little later. By time alone, around {service_due} the oil should be changed.

> With the mileage filled in, the reminder moves to the new day; where she cannot tell it, choose “Call back at an agreed time”.

[Done elsewhere] Thank you for telling me. Was there anything we did not do well? Please say so openly, I will pass it on.

> Do not press, do not judge others; put the reason into the note.

[Too expensive] I understand. I will ask the service adviser to work it out for you: what has to be done and what it costs, before you come.

> Promise no discount.

Thank you. If anything changes, ring {hotline}. A safe journey always, goodbye!

> Let the customer hang up first.
""",
    ),
    Shipped(
        rule="warranty_end",
        questionnaire="",
        zh="""\
{greeting}，请问是{person}吗？我是{store}客户关系中心的{agent}。您的{car}，整车质保{warranty_end}就到期了，跟您说一声，您现在方便吗？

[现在不方便] 没关系，您看什么时候方便，我再打给您？

到期之前，建议您抽空来店做一次全面检查，有属于质保范围的问题，趁在保期内处理掉，免得过了期自己花钱。

> 质保按时间和里程，先到哪个算哪个。易损件不在范围内；范围以保修手册为准，不要替服务部下结论。

[车子有小毛病] 您跟我说说是什么情况，我记给服务顾问。您早点开过来，是不是质保范围，检查了就知道。

[问延保] 延保的内容和价格，我请服务顾问打电话跟您详细说，您听了再决定。

您看这个月哪天方便？我帮您记个时间，请服务顾问跟您确认。

好的，谢谢您。有事打{hotline}，再见！
""",
        en="""\
{greeting}, am I speaking with {person}? This is {agent} from customer relations at {store}. The warranty of your {car} ends on {warranty_end}, and I want you to know in good time. Is this a good moment?

[Not a good moment] That is all right. When may I ring you again?

Before it ends, a full check would be worth your while: whatever the warranty covers can then still be put right without cost to you.

> Time or mileage, whichever comes first. Wearing parts are not covered; the booklet decides, and the workshop, not we.

[Something is the matter] Please tell me, I will note it for the service adviser. Bring the car soon; whether it is covered shows once it has been looked at.

[Asks for an extension] I will have the service adviser ring you about what an extension covers and costs. Decide after that.

Which day this month would suit you? I will note a time and the service adviser will confirm it.

Thank you. Ring {hotline} if there is anything. Goodbye!
""",
    ),
    Shipped(
        rule="inspection",
        questionnaire="",
        zh="""\
{greeting}，请问是{person}吗？我是{store}客户关系中心的{agent}。您的{car}，年检{inspection_due}到期，提醒您一声，您现在方便吗？

[现在不方便] 没关系，您看什么时候方便，我再打给您？

年检可以提前三个月办。上线之前，灯光、轮胎、刹车最好先看一遍，免得到时候不过还要再跑一趟。您要是不方便自己跑，可以来我们店先检查。

> 不上线、只领标的年份，提醒先处理完违章，交强险要在有效期内。代办服务有没有、怎么收费，以本店为准。

[已经办好了] 那太好了，我这边登记一下，就不再提醒您了。

[车已过户] 好的，谢谢您告诉我，我把资料改过来。

> 结果选“车已转让”。

好的，需要的话打{hotline}约时间。谢谢您，再见！
""",
        en="""\
{greeting}, am I speaking with {person}? This is {agent} from customer relations at {store}. The annual inspection of your {car} is due by {inspection_due}; I only want to remind you. Is this a good moment?

[Not a good moment] That is all right. When may I ring you again?

It can be done up to three months ahead. Lights, tyres and brakes are best looked at first, or you may have to go twice. If that is inconvenient, we can check the car here before.

> In years when only the sticker is issued: fines must be settled and the compulsory cover valid. Whether we go for her, and at what price, depends on our store.

[Done already] Very good. I will note it, and you will not be reminded again.

[The car was sold] Thank you for telling me, I will put our records right.

> Choose the result “Car sold”.

If you need us, book a time on {hotline}. Thank you, goodbye!
""",
    ),
)
