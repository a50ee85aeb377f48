"""The demo's cases: one in every state that a case can be in, by the services that move real ones."""

import datetime as dt

from django.core.files.uploadedfile import SimpleUploadedFile

from complaints import services
from complaints.choices import Emergency, FileKind, NoteKind, WaitsFor
from complaints.services.clocks import hours_of
from complaints.services.ladder import watch
from customers.models import Vehicle
from office.choices import FileType

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def _paper(name):
    file = SimpleUploadedFile(name, PDF)
    file.file_type = FileType.PDF
    return file


class Cases:
    """`people`: the demo's accounts by user name."""

    def __init__(self, store, people, now):
        self.store, self.people, self.now, self.hours = store, people, now, hours_of(store)
        cars = Vehicle.objects.filter(store=store, is_void=False, owner__isnull=False).order_by("-pk")
        self.cars = iter(list(cars.select_related("owner__store")[:20]))

    def at(self, days, hour, minute=0):
        """A moment so many days ago, never later than now."""
        day = self.store.day_of(self.now) - dt.timedelta(days=days)
        moment = dt.datetime.combine(day, dt.time(hour, minute), tzinfo=self.store.zone)
        return min(moment, self.now)

    def open(self, at, by="li", **fields):
        car = next(self.cars)
        told = {"cause": "repair_quality", "severity": "normal", "department": "service", "origin": "phone"}
        return services.open_complaint(car.owner, by=self.people[by], now=at, vehicle=car, **told | fields)

    def given_to(self, complaint, to, at, *, by="zhou"):
        person = self.people[to]
        services.assign(complaint, person, department=person.works_in, by=self.people[by], now=at)
        return complaint

    def worked(self, complaint, to, at):
        """Given to a handler who has answered and has a plan."""
        self.given_to(complaint, to, at)
        later = at + dt.timedelta(hours=1)
        person = self.people[to]
        services.add_note(complaint, "已致电客户致歉，约定尽快给出方案。", by=person, now=later, kind=NoteKind.CUSTOMER)
        services.add_note(complaint, "安排技师复检，费用由店内承担。", by=person, now=later, kind=NoteKind.PLAN)
        return complaint

    def solved(self, complaint, to, at, **fields):
        words = "复检后更换部件，陪同客户试车确认正常。"
        services.solve(complaint, by=self.people[to], now=at, resolution=words, **fields)
        return complaint

    def lay_out(self):
        now, manager, desk = self.now, self.people["zhou"], self.people["li"]
        self.open(now - dt.timedelta(minutes=20), summary="空调维修后仍不制冷，要求今天给答复", wish="当天给出处理方案")
        self.worked(self.open(self.at(1, 9, 30), summary="保养后机油灯常亮"), "gao", self.at(1, 10))
        waiting = self.worked(
            self.open(self.at(4, 10), summary="后视镜等了两周还没到货", cause="parts", severity="serious"),
            "gao",
            self.at(4, 11),
        )
        until = self.hours.later(now, 2 * self.hours.day)
        told = {"waits_for": WaitsFor.PART, "until": until, "reason": "厂家备件在途，客户同意到货后再约。"}
        services.wait(waiting, by=self.people["gao"], now=self.at(3, 15), **told)
        late = self.open(
            self.at(9, 10),
            origin="oem",
            oem_no="CAF-20981",
            summary="客户向厂家反映交车延期无人解释",
            department="sales",
        )
        self.given_to(late, "xu", self.at(9, 11))
        self.solved(
            self.worked(self.open(self.at(3, 9), summary="结算比报价多三百元", cause="price"), "gao", self.at(3, 10)),
            "gao",
            self.at(1, 16),
        )
        gift = {"compensation": "免费保养一次（价值 680 元）"}
        done = self.solved(
            self.worked(self.open(self.at(5, 9), summary="喷漆有色差"), "gao", self.at(5, 10)),
            "gao",
            self.at(2, 15),
            **gift,
        )
        services.record_recontact(done, by=desk, now=self.at(1, 11), note="满意，谢谢跟进。")
        services.add_files(done, [_paper("客户确认书.pdf")], kind=FileKind.CONFIRMATION, by=desk, now=self.at(1, 14))
        fire = self.open(
            now - dt.timedelta(hours=2), severity="major", cause="product_quality", emergency=Emergency.BREAKDOWN,
            summary="高速上突然熄火，车在应急车道", wish="先拖车，再安排代步车",
        )  # fmt: skip
        self.given_to(fire, "gao", now - dt.timedelta(minutes=110))
        called = {"engineer": "孙志强", "phone": "13916880021", "called_at": now - dt.timedelta(minutes=105)}
        services.call_engineer(fire, by=self.people["gao"], now=now - dt.timedelta(minutes=100), **called)
        rejected = self.open(self.at(6, 10), summary="要求退还他店的保养费用", cause="price")
        services.reject(rejected, by=manager, now=self.at(6, 14), reason="费用发生在他店，已说明。")
        services.appeal(rejected, by=desk, now=self.at(1, 10), reason="客户称当时由我店转介。")
        other = self.open(self.at(7, 11), summary="抱怨小区停车位紧张", cause="other", department="other")
        services.reject(other, by=manager, now=self.at(7, 15), reason="与车辆和我店服务无关，已向客户说明。")
        forced = self.open(self.at(8, 10), summary="要求三倍赔偿，协商五次未果")
        services.force_close(forced, by=manager, now=self.at(2, 17), reason="客户已向法院起诉，转法务处理。")
        known = services.Stranger("岳先生", "13764520981")
        told = {"cause": "attitude", "severity": "normal", "department": "sales", "origin": "social"}
        words = "在抖音留言：看车时没人接待"
        services.take_in(self.store, stranger=known, by=desk, now=now - dt.timedelta(hours=1), summary=words, **told)
        watch(self.store, now=self.hours.next_open(self.at(1, 10)))
