"""Two years of a dealership: who bought which car when, and when each came to the workshop. Deterministic for a seed and a day."""

import datetime as dt
import random
from dataclasses import dataclass, field

from common.birthdays import lunar_name
from demo import names

VIN_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
VIN_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9], strict=True)
)
VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
YEAR_CODES = "ABCDEFGHJKLMNPRSTVWXY123456789"
# (series, model, VIN pattern after the maker, share, electric)
MODELS = [
    ("福克斯", "福克斯 EcoBoost 180 两厢", "HCAME", 18, False),
    ("蒙迪欧", "蒙迪欧 EcoBoost 245 尊贵型", "HFBAK", 20, False),
    ("锐界", "锐界L EcoBoost 245 四驱", "HJCAU", 18, False),
    ("锐际", "锐际 EcoBoost 245 ST-Line", "HKDAB", 14, False),
    ("探险者", "探险者 EcoBoost 285 钛金版", "HLEAX", 8, False),
    ("福睿斯", "福睿斯 1.5L 自动舒适型", "HMFAS", 12, False),
    ("电马", "福特电马 长续航版", "HNGAE", 10, True),
]
COLORS = ["星空白", "曜石黑", "浩瀚蓝", "钛晶灰", "烈焰红", "极光银"]
CONSULTANTS = ["孙强", "何倩", "罗斌", "谭丽", "蒋帆", "丁浩", "姚颖"]
ADVISERS = ["吴刚", "张伟", "沈洁", "陆海涛", "潘敏"]
TECHNICIANS = ["方平", "石磊", "郝军", "江波", "贺明", "万勇", "汪超"]
REPAIRS = [
    ("一般维修", "更换前制动片", 680),
    ("一般维修", "更换蓄电池", 860),
    ("一般维修", "空调系统检查、更换空调滤芯", 260),
    ("一般维修", "右前大灯故障检修", 540),
    ("一般维修", "四轮定位、动平衡", 380),
    ("事故车", "前保险杠喷漆、校正", 1850),
    ("事故车", "左后门钣金喷漆", 1400),
    ("索赔", "更换变速箱油底壳密封垫(质保)", 0),
    ("返修", "复检异响、紧固底盘螺栓", 0),
]


@dataclass
class Owner:
    number: str
    name: str
    kind: str  # 个人 / 公司
    mobile: str
    landline: str
    address: str
    contact: str = ""
    birthday: str = ""


@dataclass
class Visit:
    number: str
    opened_on: dt.date
    settled_on: dt.date | None
    kind: str
    work: str
    amount: int
    km: int
    adviser: str
    technician: str
    bringer: str
    bringer_phone: str


@dataclass
class Car:
    vin: str
    plate: str
    engine: str
    series: str
    model: str
    color: str
    owner: Owner
    sold_on: dt.date
    delivered_on: dt.date
    registered_on: dt.date | None
    consultant: str
    km_per_day: float
    visits: list[Visit] = field(default_factory=list)


def check_digit(vin):
    total = sum((VIN_VALUES.get(char) or int(char)) * weight for char, weight in zip(vin, VIN_WEIGHTS, strict=True))
    return "X" if total % 11 == 10 else str(total % 11)


class World:
    """`World(today, vehicles=2000).cars`; nothing in it happens after `today`."""

    def __init__(self, today: dt.date, *, vehicles=2000, seed=20081):
        self.today, self.seed, self.rng = today, seed, random.Random(seed)
        self.plates, self.phones, self.orders = set(), set(), {}
        self.chance = random.Random(seed + 1)  # of its own: what is added later changes no car
        self.firms = [self.make_owner(firm=True) for _ in range(max(vehicles // 80, 1))]
        self.cars = [self.make_car(index, vehicles) for index in range(vehicles)]
        for car in self.cars:
            self.live(car)

    def mobile(self):
        while True:
            number = self.rng.choice(
                ["138", "139", "135", "136", "137", "150", "158", "159", "186", "189", "177", "133"]
            )
            number += f"{self.rng.randint(0, 99_999_999):08d}"
            if number not in self.phones:
                self.phones.add(number)
                return number

    def make_owner(self, *, firm=False):
        rng = self.rng
        name, _sex = names.person(rng)
        landline = f"021-{rng.randint(20_000_000, 68_999_999)}" if firm or rng.random() < 0.08 else ""
        number = f"C{len(self.phones) + 100_001}"
        if firm:
            return Owner(number, names.firm(rng), "公司", self.mobile(), landline, names.address(rng), contact=name)
        return Owner(number, name, "个人", self.mobile(), landline, names.address(rng), birthday=self.birthday())

    def birthday(self):
        """Of six in ten the DMS knows it; of some of these by the lunar calendar. Some fall on these very days."""
        chance = self.chance
        if chance.random() < 0.4:
            return ""
        day = self.today + dt.timedelta(
            days=chance.randint(-2, 3) if chance.random() < 0.03 else chance.randint(0, 364)
        )
        if chance.random() < 0.15:
            return f"农历{lunar_name(chance.randint(1, 12) * 100 + chance.randint(1, 29))}"
        return f"{chance.randint(1962, 2002)}-{day:%m-%d}".replace("-02-29", "-02-28")

    def make_car(self, index, vehicles):
        rng = self.rng
        delivered = self.today - dt.timedelta(days=730) + dt.timedelta(days=int(730 * index / vehicles))
        # Few hand-overs on Mondays, many at weekends.
        if delivered.weekday() == 0 and rng.random() < 0.7 and delivered > self.today - dt.timedelta(days=725):
            delivered -= dt.timedelta(days=rng.choice((1, 2)))
        series, model, pattern, _share, electric = rng.choices(MODELS, [row[3] for row in MODELS])[0]
        owner = rng.choice(self.firms) if rng.random() < 0.07 else self.make_owner()
        if owner.kind == "个人" and index and rng.random() < 0.05:
            owner = self.cars_so_far[rng.randrange(len(self.cars_so_far))].owner
        vin = f"LVS{pattern}0{YEAR_CODES[(delivered.year - 2010) % 30]}{rng.choice('CAF')}{100_000 + index:06d}"
        vin = vin[:8] + check_digit(vin) + vin[9:]
        waits = rng.randint(5, 25)
        registered = delivered + dt.timedelta(days=waits)
        car = Car(
            vin=vin,
            plate=self.make_plate(electric) if registered <= self.today else "",
            engine=f"{rng.choice('ABCDEFGH')}{rng.randint(100000, 999999)}",
            series=series,
            model=model,
            color=rng.choice(COLORS),
            owner=owner,
            sold_on=delivered - dt.timedelta(days=rng.randint(0, 6)),
            delivered_on=delivered,
            registered_on=registered if registered <= self.today else None,
            consultant=rng.choice(CONSULTANTS),
            km_per_day=max(rng.gauss(38, 14), 8),
        )
        self.cars_so_far.append(car)
        return car

    @property
    def cars_so_far(self):
        if not hasattr(self, "_cars"):
            self._cars = []
        return self._cars

    def make_plate(self, electric):
        rng = self.rng
        letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
        while True:
            if electric:
                plate = f"沪A{rng.choice('DF')}{rng.randint(0, 99999):05d}"
            else:
                plate = "沪" + rng.choice("ABCDEFGJ") + rng.choice(letters) + f"{rng.randint(0, 9999):04d}"
            if plate not in self.plates:
                self.plates.add(plate)
                return plate

    def live(self, car):
        """Maintenance by habit, repairs by bad luck; some stop coming."""
        rng = self.rng
        day, first = car.delivered_on, True
        loyal = rng.random() < 0.84
        while True:
            interval = min(rng.gauss(5000 if first else 7500, 900) / car.km_per_day, 190 if first else 260)
            day = day + dt.timedelta(days=int(max(interval, 40)))
            if day > self.today or (not loyal and not first) or rng.random() < 0.07:
                break
            self.visit(
                car,
                day,
                "首次保养" if first else "定期保养",
                "更换机油、机油滤清器" + ("" if first else "、空气滤清器"),
                0 if first else rng.randint(420, 980),
            )
            first = False
        for _ in range(rng.choice((0, 0, 0, 1, 1, 2))):
            day = car.delivered_on + dt.timedelta(days=rng.randint(20, 720))
            if day <= self.today:
                kind, work, price = rng.choice(REPAIRS)
                self.visit(car, day, kind, work, round(price * rng.uniform(0.8, 1.3)))

    def visit(self, car, day, kind, work, amount):
        rng = self.rng
        if day.weekday() == 6 and rng.random() < 0.5:
            day -= dt.timedelta(days=1)
        settled = day + dt.timedelta(days=rng.choice((0, 0, 0, 0, 1)) if kind != "事故车" else rng.randint(1, 5))
        bringer, phone = car.owner.contact or car.owner.name, car.owner.mobile
        if car.owner.kind == "公司" or rng.random() < 0.1:
            bringer, phone = names.person(rng)[0], self.mobile()
        self.orders[day] = self.orders.get(day, 0) + 1
        km = int((day - car.delivered_on).days * car.km_per_day * rng.uniform(0.97, 1.03)) + 15
        car.visits.append(
            Visit(
                number=f"RO{day:%y%m%d}{self.orders[day]:03d}",
                opened_on=day,
                settled_on=settled if settled <= self.today else None,
                kind=kind,
                work=work,
                amount=amount,
                km=km,
                adviser=rng.choice(ADVISERS),
                technician=rng.choice(TECHNICIANS),
                bringer=bringer,
                bringer_phone=phone,
            )
        )
