"""The month in words, Chinese or English: the command's own language switch, since a terminal has no page."""

WORDS = {
    "zh": {
        "head": "日期        新建  拨打  接通  过期  待打  待决定  关闭",
        "off": "停机",
        "reasons": "关闭原因",
        "balanced": "账目相符：{items} 个任务，{days} 天，{seconds} 秒。",
        "unbalanced": "账目不符：{count} 处差异（种子 {seed}）。",
    },
    "en": {
        "head": "day         made  calls reach  exp.  wait  undec.  closed",
        "off": "machine off",
        "reasons": "closed by",
        "balanced": "The ledger balances: {items} items, {days} days, {seconds} s.",
        "unbalanced": "The ledger does not balance: {count} differences (seed {seed}).",
    },
}


class Teller:
    """Prints a day when it is over, and the sum."""

    def __init__(self, write, language="zh"):
        self.write, self.words = write, WORDS[language]

    def head(self):
        self.write(self.words["head"])

    def day(self, line):
        closed = "  ".join(f"{reason} {number}" for reason, number in line.closed.items())
        note = "" if line.is_on else self.words["off"]
        self.write(
            f"{line.day}  {line.created:>4}  {line.called:>4}  {line.reached:>4}  {line.expired:>4}  {line.waiting:>4}"
            f"  {line.undecided:>6}  {closed}{note}".rstrip()
        )
        for each in line.differences:
            self.write(f"    !! {each.law}: {each.what}")

    def end(self, month):
        result = month.result()
        totals = dict(result["totals"])
        for name in ("by_rule", "by_end"):
            self.write("  ".join(f"{key} {number}" for key, number in totals.pop(name).items()))
        self.write("  ".join(f"{key} {number}" for key, number in totals.items()))
        if result["balanced"]:
            self.write(self.words["balanced"].format(items=totals["items"], days=month.days, seconds=result["seconds"]))
        else:
            self.write(self.words["unbalanced"].format(count=len(result["differences"]), seed=month.seed))
