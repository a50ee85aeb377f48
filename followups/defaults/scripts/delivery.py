"""After the hand-over of a car and after a visit to the workshop."""

from followups.defaults.scripts.shipped import Shipped

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
        rule="delivery_3w",
        questionnaire="care",
        zh="""\
{greeting}，请问是{person}吗？我是{store}客户关系中心的{agent}。您的{car}提回去有三个星期了，打个电话问问您用车还顺不顺手，再跟您说一下首次保养，一两分钟，您现在方便吗？

[现在不方便] 没关系，您先忙。您看什么时候方便，我再打给您？

开到现在，车子有没有什么让您不放心、或者想弄明白的地方？

> 接着按题目提问。里程问个大概就行，会用来推算首保时间。

[有问题] 您说的我记下来了。我请服务顾问尽快跟您联系，能在电话里讲清楚的就在电话里讲，要来店看的给您约好时间。

> 不争辩，不解释，也不许诺做不到的事。

首次保养是按时间和里程，先到哪个算哪个。照您现在的开法，大概在{service_due}前后，或者跑到{due_km}公里。快到的时候我们会打电话提醒您，您提前打{hotline}约一下，到店不用等。

> 首保免费的车型，说明要在规定的时间和里程之内来。

好的，不多打扰您了。有事随时打{hotline}，祝您用车愉快，再见！

> 等客户先挂机。
""",
        en="""\
{greeting}, am I speaking with {person}? This is {agent} from customer relations at {store}. You have had your {car} for three weeks now. I would like to hear how you are getting on with it and say a word about the first service; it takes a minute or two. Is this a good moment?

[Not a good moment] Of course. When would suit you? I will ring you then.

So far, is there anything about the car that worries you, or that you would like to understand better?

> Now the questions. A rough mileage is enough; the day of the first service is worked out from it.

[Something is the matter] I have written that down. I will ask the service adviser to get in touch with you soon; what can be explained on the phone will be, and if we have to see the car you will get a time.

> Do not argue, do not explain it away, promise nothing that cannot be kept.

The first service depends on time and mileage, whichever comes first. The way you drive it will be around {service_due}, or at {due_km} km. We will ring you before that; book a time on {hotline} and you need not wait.

> Where the first service is free, say that this holds only within its time and mileage.

I will not keep you any longer. Ring {hotline} whenever there is something. Enjoy your car, goodbye!

> Let the customer hang up first.
""",
    ),
    Shipped(
        rule="quarterly_care",
        questionnaire="care",
        zh="""\
{greeting}，请问是{person}吗？我是{store}客户关系中心的{agent}。没什么要紧事，就是隔一段时间问候您一声，看看您的{car}开得怎么样，一分钟就好，您现在方便吗？

[现在不方便] 没关系，您先忙，祝您一切顺利。您看改天什么时候方便？

> 上次来店：{last_visit}。前几次通话说过的事先看一眼，不要重复问。

最近车子开着还好吗？有没有什么需要我们做的？

> 接着按题目提问。

[快到保养] 按您的里程推算，下次保养大概在{service_due}前后。需要的话，我现在就帮您记下想来的时间，请服务顾问跟您确认。

[有不满意] 非常抱歉，谢谢您愿意告诉我。您说说具体情况，我记下来，请负责的同事尽快联系您。

好的，那就不打扰您了。有事打{hotline}，祝您一路平安，再见！
""",
        en="""\
{greeting}, am I speaking with {person}? This is {agent} from customer relations at {store}. Nothing urgent: from time to time we like to hear how you are and how your {car} is running. It takes a minute. Is this a good moment?

[Not a good moment] That is all right, all the best to you. When would suit you another day?

> Last visit: {last_visit}. Look at what was said on the last calls first, and do not ask it again.

How has the car been lately? Is there anything we can do for you?

> Now the questions.

[Service is near] Going by your mileage the next service falls around {service_due}. If you like, I will note a time now and have the service adviser confirm it.

[Dissatisfied] I am very sorry, and thank you for telling me. Please tell me what happened. I will write it down and have the colleague in charge get in touch with you soon.

I will not keep you. Ring {hotline} if there is anything. A safe journey always, goodbye!
""",
    ),
)
