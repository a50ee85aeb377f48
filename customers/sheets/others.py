"""Lists that have VINs, names and phones like an owner list and are none: what a DMS made of its own data, and what has no place here.

Loaded as owners they would make prospects and campaign contacts owners of cars. Headers: DOMAIN §3.1.
"""

from django.utils.translation import gettext_lazy as _

from dms.sheets import OtherList

OTHER_LISTS = [
    OtherList(
        "due_list",
        _("Maintenance due list"),
        instead_of=("owners",),
        signs=(
            "是否回厂", "提醒人", "提醒内容", "提醒状态", "提醒日期", "提醒失败原因", "上次维修时间", "预计下次保养日期", "定保专员",
        ),
        least=3,
    ),
    OtherList(
        "lost_list",
        _("Lost customer list"),
        instead_of=("owners",),
        signs=(
            "跟踪状态", "是否激活", "会员卡等级", "上次维修工单的服务专员", "第一次进厂日期", "预计下次保养日期", "第一次跟踪日期", "第二次跟踪日期",
            "第三次跟踪日期", "流失状态", "流失天数", "流失等级", "流失类型", "是否流失", "最后进厂日期", "未进厂天数",
        ),
        least=3,
        sure=("流失原因", "流失日期", "流失时间"),
    ),
    OtherList(
        "recall_list",
        _("Recall or campaign VIN list"),
        instead_of=("owners",),
        signs=("完成状态", "预计召回时间", "返厂时间", "活动编号", "活动名称", "活动代码"),
        least=3,
        sure=("召回编号", "召回名称", "召回开始时间", "召回结束时间", "责任经销商代码", "责任经销商"),
    ),
    OtherList(
        "survey_list",
        _("Survey or revisit list"),
        instead_of=("owners",),
        signs=("反馈时间", "反馈类型", "反馈内容", "跟踪性质", "渠道来源", "满意度", "推荐度", "回访得分", "问卷编号", "问卷名称", "样本编号"),
        least=2,
    ),
    OtherList(
        "lead_list",
        _("Sales lead list"),
        instead_of=("owners",),
        signs=(
            "意向级别", "初始级别", "意向级别/初始级别", "意向级别及购买周期", "线索来源", "意向车系", "意向车型", "意向品牌", "意向车型代码",
            "线索获得时间", "收集时间", "网络平台", "是否首次到店", "是否试乘试驾", "试乘试驾时间", "购买周期",
        ),
        least=2,
    ),
]  # fmt: skip
