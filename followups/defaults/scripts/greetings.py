"""Birthdays, anniversaries, festivals. The bodies of message rules are the messages themselves."""

from followups.defaults.scripts.shipped import Shipped

SCRIPTS = (
    Shipped(
        rule="birthday",
        questionnaire="",
        zh="""\
{person}您好，{store}全体同事祝您生日快乐、身体健康、出行平安！用车有事请打{hotline}。拒收请回复R
""",
        en="""\
Dear {person}, all of us at {store} wish you a very happy birthday, good health and safe journeys! For anything about your car ring {hotline}. Reply R to refuse messages.
""",
    ),
    Shipped(
        rule="birthday_call",
        questionnaire="",
        zh="""\
{greeting}，请问是{person}吗？我是{store}客户关系中心的{agent}。今天是您的生日，我代表店里祝您生日快乐，身体健康，出行平安！

> 说完祝福就好，不推销，不做问卷。提前一天打的，说“明天是您的生日”。

[客户聊起车子] 车子的事您随时找我，或者打{hotline}。要是有什么不放心的，我帮您约服务顾问看看。

[现在不方便] 不耽误您，祝您生日快乐，再见！

祝您今天开开心心的，不打扰您和家人了，再见！
""",
        en="""\
{greeting}, am I speaking with {person}? This is {agent} from customer relations at {store}. It is your birthday, and on behalf of all of us I wish you a very happy one, good health and safe journeys!

> The good wishes are enough: no selling, no questions. A day early, say “tomorrow is your birthday”.

[She speaks of the car] Whatever it is, ask for me, or ring {hotline}. If something worries you, I will find you a time with the service adviser.

[Not a good moment] I will not keep you. Happy birthday, and goodbye!

Have a lovely day with your family. Goodbye!
""",
    ),
    Shipped(
        rule="anniversary",
        questionnaire="",
        zh="""\
{person}您好，您的{car}来到您身边已经{years}年了，感谢您一路选择{store}。愿它继续平安陪您出行。保养、检查请打{hotline}预约。拒收请回复R
""",
        en="""\
Dear {person}, your {car} has been with you for {years} years now. Thank you for having chosen {store}; may it carry you safely on. For services and checks ring {hotline}. Reply R to refuse messages.
""",
    ),
    Shipped(
        rule="anniversary_call",
        questionnaire="",
        zh="""\
{greeting}，请问是{person}吗？我是{store}客户关系中心的{agent}。您的{car}提回去正好{years}年了，我代表店里谢谢您这些年一直来我们店。

[现在不方便] 不耽误您，祝您一路平安，再见！

> 上次来店：{last_visit}。以感谢为主，客户问起再谈保养。

这些年用下来，车子和我们的服务，您还满意吗？

[有建议或不满意] 您说得对，我记下来，请服务经理看看怎么改，也给您一个答复。

[问保养] 按您的里程推算，下次保养大概在{service_due}前后，需要的话我现在就帮您约。

再次谢谢您，有事打{hotline}，祝您一路平安，再见！
""",
        en="""\
{greeting}, am I speaking with {person}? This is {agent} from customer relations at {store}. It is exactly {years} years since you took your {car} home, and on behalf of all of us I want to thank you for coming to us all this time.

[Not a good moment] I will not keep you. A safe journey always, goodbye!

> Last visit: {last_visit}. Thank her first of all; speak of services only if she asks.

After these years, are you content with the car and with us?

[Suggestions, or discontent] You are right. I will note it, have the service manager look into it, and see that you get an answer.

[Asks about a service] Going by your mileage the next one falls around {service_due}; I can find you a time now.

Thank you again. Ring {hotline} if there is anything. A safe journey always, goodbye!
""",
    ),
    Shipped(
        rule="festival",
        questionnaire="",
        zh="""\
{person}您好，{festival}将至，{store}祝您和家人节日快乐、平安顺遂！节日出行前，欢迎来店检查轮胎、刹车和灯光，预约请打{hotline}。拒收请回复R
""",
        en="""\
Dear {person}, {festival} is near, and {store} wishes you and your family a happy and peaceful holiday! Before you travel, let us look at tyres, brakes and lights; ring {hotline} for a time. Reply R to refuse messages.
""",
    ),
)
