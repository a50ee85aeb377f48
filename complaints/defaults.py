"""What every store starts with: the cause tree. Called by accounts.services.create_store; safe to repeat.

First level from the not-satisfied items of DOMAIN 2.2 (CQZT) and S3's groups (hardware, attitude, repair skill, process);
S3 names lounge, washing, meals, fair prices, follow-up calls and appointments as what complaints gather around. Wordings are ours.
"""

from dataclasses import dataclass

from complaints.choices import Department
from complaints.models import Cause, LessonDial
from complaints.models.causes import DEPTH, JOINT

SALES, SERVICE, PARTS, DCRC, OTHER = (
    Department.SALES, Department.SERVICE, Department.PARTS, Department.DCRC, Department.OTHER,
)  # fmt: skip


@dataclass(frozen=True)
class Shipped:
    code: str
    zh: str
    en: str
    department: str = ""
    finer: tuple = ()


def _finer(stem, department, *lines):
    return tuple(Shipped(f"{stem}-{code}", zh, en, department) for code, zh, en in lines)


TREE = (
    Shipped("attitude", "服务态度", "Service attitude", "", (
        Shipped("attitude-adviser", "服务顾问", "Service adviser", SERVICE),
        Shipped("attitude-consultant", "销售顾问", "Sales consultant", SALES),
        Shipped("attitude-technician", "车间技师", "Technician", SERVICE),
        Shipped("attitude-cashier", "收银与前台", "Cashier and front desk", OTHER),
        Shipped("attitude-calls", "回访打扰", "Follow-up calls too many or ill-timed", DCRC),
    )),
    Shipped("repair_quality", "维修质量", "Repair quality", SERVICE, _finer(
        "repair", SERVICE,
        ("again", "同一故障再次出现", "The same fault came back"),
        ("undone", "报修项目漏做", "Something ordered was not done"),
        ("damage", "维修中造成损伤", "Damaged while in the workshop"),
        ("diagnosis", "故障诊断不准", "Wrong diagnosis"),
        ("paint", "钣金喷漆", "Body and paint"),
        ("wash", "洗车不干净", "Car badly washed"),
    )),
    Shipped("product_quality", "产品质量", "Product quality", OTHER, _finer(
        "product", OTHER,
        ("engine", "发动机与变速箱", "Engine and gearbox"),
        ("chassis", "底盘与制动", "Chassis and brakes"),
        ("electric", "电器与车机", "Electrics and head unit"),
        ("battery", "动力电池与续航", "Drive battery and range"),
        ("noise", "异响与密封", "Noise and sealing"),
        ("body", "车身与内饰", "Body and interior"),
    )),
    Shipped("repair_time", "维修时间", "Repair time", SERVICE, _finer(
        "time", SERVICE,
        ("late", "未按约定时间交车", "Not ready at the promised time"),
        ("long", "维修周期太长", "Repair takes too long"),
        ("silent", "进度没有告知", "Nobody told about progress"),
    )),
    Shipped("parts", "备件供应", "Parts supply", PARTS, _finer(
        "parts", PARTS,
        ("missing", "缺件等待", "Waiting for a part"),
        ("wrong", "订错或发错备件", "Wrong part ordered or sent"),
    )),
    Shipped("price", "维修收费", "Price", SERVICE, _finer(
        "price", SERVICE,
        ("quote", "结算与报价不符", "Bill differs from the quotation"),
        ("added", "未经同意增加项目", "Work added without consent"),
        ("high", "收费偏高", "Prices too high"),
        ("warranty", "保修不予认可", "Warranty refused"),
    )),
    Shipped("waiting", "等候时间", "Waiting", SERVICE, _finer(
        "waiting", SERVICE,
        ("reception", "接待等候", "Waiting to be received"),
        ("bay", "排队等工位", "Waiting for a bay"),
        ("bill", "结算等候", "Waiting to pay"),
    )),
    Shipped("environment", "店面环境", "Premises", OTHER, _finer(
        "place", OTHER,
        ("lounge", "客休区环境", "Customer lounge"),
        ("meals", "用餐与饮品", "Meals and drinks"),
        ("showroom", "展厅与洗手间", "Showroom and washrooms"),
        ("parking", "停车不便", "Parking"),
    )),
    Shipped("delivery", "交车过程", "Delivery process", SALES, _finer(
        "delivery", SALES,
        ("late", "交车延期", "Delivered late"),
        ("defect", "新车有瑕疵", "New car with a defect"),
        ("promise", "承诺的精品、赠品未兑现", "Promised extras not given"),
        ("explained", "功能讲解不清", "Features not explained"),
        ("papers", "手续与上牌", "Papers and registration"),
        ("price", "价格与费用争议", "Dispute about price and fees"),
    )),
    Shipped("process", "流程与承诺", "Process and promises", DCRC, (
        Shipped("process-appointment", "预约未兑现", "Appointment not kept", SERVICE),
        Shipped("process-callback", "答应回电未回", "Promised call did not come", DCRC),
        Shipped("process-insurance", "保险与理赔", "Insurance and claims", SALES),
        Shipped("process-recall", "召回与服务活动", "Recall and campaigns", SERVICE),
        Shipped("process-complaint", "投诉处理拖延", "Complaint handled too slowly", DCRC),
    )),
    Shipped("other", "其他", "Other"),
)  # fmt: skip


def lines(branch=TREE, parent=None):
    """Every shipped cause as the columns of its row, in the order of the tree; `parent` is a code."""
    for order, cause in enumerate(branch, start=1):
        row = {
            "code": cause.code,
            "name_zh": cause.zh,
            "name_en": cause.en,
            "department": cause.department,
            "order": order,
        }
        row["parent"] = parent["code"] if parent else None
        row["depth"] = parent["depth"] + 1 if parent else 1
        row["lineage"] = f"{parent['lineage']}/{cause.code}" if parent else cause.code
        for language in ("zh", "en"):
            name, above = row[f"name_{language}"], parent[f"path_{language}"] if parent else ""
            row[f"path_{language}"] = f"{above}{JOINT}{name}" if parent else name
        yield row
        yield from lines(cause.finer, row)


def seed_store(store):
    """Safe to repeat; what is there stays as it is."""
    seed_causes(store)
    LessonDial.objects.get_or_create(store=store)


def seed_causes(store, model=Cause):
    """Make the shipped tree for `store`; a store that has a tree keeps it as it is. `model`: as a migration knows it."""
    if model.objects.filter(store_id=store.pk).exists():
        return
    made, rows = {}, [row | {"place": place} for place, row in enumerate(lines(), start=1)]
    for depth in range(1, DEPTH + 1):
        level = [row for row in rows if row["depth"] == depth]
        above = [made.get(row["parent"]) for row in level]
        new = [model(store_id=store.pk, **row | {"parent": parent}) for row, parent in zip(level, above, strict=True)]
        made |= {cause.code: cause for cause in model.objects.bulk_create(new)}
