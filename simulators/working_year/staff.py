"""The people of the sample site, their posts and certificates; who of them is on duty when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

TITLES = "person,name,name_zh,account,department,level,posts,cards,language,phone,document,health,certificates"
SHIFTS = (0, 8, 16)
"""At which local hour a shift begins; each lasts eight."""
_TEAMS = 4


@dataclass(frozen=True, slots=True)
class Person:
    """``account``: "" for who has none. ``certificate``: the kind of the one that they hold, "" for none."""

    id: str
    name: str
    name_zh: str
    account: str
    role: str
    department: str
    level: str = "staff"
    post: str = ""
    certificate: str = ""

    @property
    def signs(self) -> str:
        """The name under which they ask and sign."""
        return self.account or self.name


def _people(rows: str) -> tuple[Person, ...]:
    return tuple(Person(*(cell.strip() for cell in row.split("|"))) for row in rows.strip().splitlines())


OPERATORS = _people("""
c1|Ma Lin|马琳|operator|operator|security|staff|control-room|fire-control
c2|Hu Jie|胡杰|hu.jie|operator|security|staff|control-room|fire-control
c3|Guo Ping|郭平|guo.ping|operator|security|staff|control-room|fire-control
c4|He Yun|何芸|he.yun|operator|security|staff|control-room|fire-control
c5|Gao Feng|高峰|gao.feng|operator|security|staff|control-room|fire-control
c6|Luo Min|罗敏|luo.min|operator|security|staff|control-room|fire-control
c7|Liang Bin|梁斌|liang.bin|operator|security|staff|control-room|fire-control
c8|Song Jia|宋佳|song.jia|operator|security|staff|control-room|fire-control
""")
GUARDS = _people("""
g1|Xie Wei|谢伟|xie.wei|guard|security|staff|gate|guard
g2|Han Dong|韩东|han.dong|guard|security|staff|gate|guard
g3|Tang Chao|唐超|tang.chao|guard|security|staff|gate|guard
g4|Deng Hua|邓华|deng.hua|guard|security|staff|gate|guard
""")
LEADERS = _people("""
m1|Cao Jun|曹军|manager|manager|administration|leader|leader|
m2|Peng Li|彭丽|peng.li|manager|administration|leader|leader|
m3|Zeng Qiang|曾强|zeng.qiang|manager|production|leader|leader|
""")
TECHNICIANS = _people("""
t1|Xiao Peng|肖鹏|technician|technician|utilities|team|electrician|electrician
t2|Tian Yu|田雨|tian.yu|technician|security|team||
""")
OTHERS = _people("""
a1|Zhao Lei|赵磊|||security|department||
a2|Qian Mei|钱梅|||production|department||
a3|Sun Yan|孙艳|||administration|department||
a4|Li Na|李娜|||administration|team||
a5|Zhou Jun|周俊|||utilities|department||
a6|Wu Gang|吴刚|||logistics|department||driver
a7|Zheng Li|郑丽|||administration|team||
a8|Wang Tao|王涛|||security|team||driver
a9|Feng Xia|冯霞|||administration|team||
a10|Chen Bo|陈波|||utilities|team||boiler
a11|Chu Wei|褚伟|||utilities|team||
a12|Wei Hong|魏红|||production|team||
a13|Jiang Hai|蒋海|||administration|team||
a14|Shen Qi|沈琪|||utilities|team||
""")
KITCHEN = _people("""
k1|Yu Fang|余芳|||administration|staff|canteen|health
k2|Lv Ping|吕萍|||administration|staff|canteen|health
k3|Shi Gang|史刚|||administration|staff|canteen|health
""")
EVERYBODY = (*OPERATORS, *GUARDS, *LEADERS, *TECHNICIANS, *KITCHEN, *OTHERS)
AREAS = (
    *("control", "chemical", "finance", "archive", "power", "warehouse", "canteen", "gate"),
    *("dormitory", "boiler", "gasroom", "workshop", "servers", "pumps", "garage"),
)
RESPONSIBLE = dict(zip(AREAS, (*OTHERS, OTHERS[5]), strict=True))
"""Who answers for each key area; whoever has the warehouse has the garage, too."""


def listed(first: date, runs_out: date) -> tuple[str, ...]:
    """The list of people as it is imported on the day ``first``; one certificate runs out on ``runs_out``."""
    issued, ends = first - timedelta(days=20), first + timedelta(days=3 * 365)
    rows = [TITLES]
    for number, person in enumerate(EVERYBODY):
        until = runs_out if person.id == "c6" else ends
        held = f"{person.certificate}|{issued.year}-{number:04d}||{issued}||{until}" if person.certificate else ""
        cells = (person.id, person.name, person.name_zh, person.account, person.department, person.level)
        card = f"26:20:{22600 + number}" if person.post else ""
        rows.append(",".join((*cells, person.post, card, "zh", f"+86 139 0000 {number:04d}", "", "", held)))
    return tuple(rows)


def team(day: int, shift: int) -> int:
    """Which of four teams has that shift (0, 1, 2) of the day, each day another, then one off."""
    return (day - shift) % _TEAMS


def on_duty(people: Sequence[Person], day: int, shift: int) -> tuple[Person, ...]:
    """Those of ``people`` who have that shift."""
    size = len(people) // _TEAMS
    number = team(day, shift)
    return tuple(people[number * size : (number + 1) * size])


def leader(day: int) -> Person:
    return LEADERS[day % len(LEADERS)]
