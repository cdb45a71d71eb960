"""Foods that a canteen must not buy or serve, or only for a reason that a food safety officer gives: by their names.

The list that is shipped follows the law; a site file adds to it, and takes the place of an entry by its id. A food is
found by its words, in English as whole words, in Chinese anywhere, so a dish with one of them in its name is found as
well. What is called by another name is not found: the list helps whoever looks, and looks for nobody.

Sources: Food Safety Law article 34; the decision on wild animals of 24 February 2020; notice 18 of 2018 on nitrite in
catering; Order 45 of 2019, article 36, on what the canteens of schools must not serve: elsewhere the officer gives a
reason for what is dangerous only when it is badly prepared; food safety practice rules for catering of 2018.
"""

import re
from collections.abc import Iterable
from typing import Literal, TypeAlias

import msgspec

from devices.message import Name

How: TypeAlias = Literal["refused", "reason"]


class Forbidden(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A food.

    ``id``: by which it is named; that of a shipped one takes its place
    ``name``: what people call it
    ``name_zh``: the name on the Chinese console
    ``words``: by which it is found in a name, in both languages
    ``how``: it is ``refused``, or needs a ``reason`` that a food safety officer gives
    ``law``: why
    """

    id: str
    name: str
    name_zh: str = ""
    words: tuple[str, ...]
    how: How = "refused"
    law: str = ""

    @property
    def called(self) -> Name:
        return Name(self.name, self.name_zh)


_LAW, _PRACTICE, _SCHOOLS = "食品安全法第34条", "餐饮服务食品安全操作规范", "学校食品安全与营养健康管理规定第36条"
_ROWS: tuple[tuple[str, str, str, How, str, tuple[str, ...]], ...] = (
    ("nitrite", "Nitrite", "亚硝酸盐", "refused", "市场监管总局公告2018年第18号",
     ("nitrite", "亚硝酸盐", "亚硝酸钠", "亚硝酸钾")),
    ("pufferfish", "Pufferfish", "河鲀", "refused", _LAW, ("pufferfish", "puffer fish", "fugu", "河豚", "河鲀")),
    ("wild-animal", "Wild animal", "野生动物", "refused", "全国人大常委会2020年2月24日决定",
     ("bushmeat", "pangolin", "civet", "野生动物", "野味", "穿山甲", "果子狸")),
    ("sick-animal", "Animal that died or was sick", "病死、死因不明的动物", "refused", _LAW,
     ("fallen stock", "病死", "死因不明", "未经检疫")),
    ("nassarius", "Nassarius snail", "织纹螺", "refused", _LAW, ("nassarius", "织纹螺", "海丝螺")),
    ("wild-mushroom", "Wild mushroom", "野生蘑菇", "refused", _SCHOOLS,
     ("wild mushroom", "wild mushrooms", "野生菌", "野生蘑菇", "野蘑菇")),
    ("sprouted-potato", "Sprouted potato", "发芽土豆", "refused", _SCHOOLS,
     ("sprouted potato", "sprouted potatoes", "发芽土豆", "发芽马铃薯")),
    ("blood-clam", "Blood clam", "毛蚶、泥蚶", "reason", _PRACTICE, ("blood clam", "blood clams", "毛蚶", "泥蚶")),
    ("fresh-daylily", "Fresh daylily", "鲜黄花菜", "reason", _SCHOOLS, ("fresh daylily", "鲜黄花菜", "新鲜黄花菜")),
    ("green-beans", "Green beans", "四季豆", "reason", _SCHOOLS,
     ("green bean", "green beans", "kidney bean", "kidney beans", "四季豆", "芸豆", "刀豆", "扁豆")),
    ("raw", "Raw food", "生食", "reason", _SCHOOLS,
     ("sashimi", "raw fish", "raw oyster", "raw oysters", "生食", "生鱼片", "刺身", "醉虾", "醉蟹")),
    ("cold-dish", "Cold dish", "冷荤凉菜", "reason", _SCHOOLS, ("cold dish", "cold dishes", "凉菜", "凉拌", "冷荤")),
    ("cream-cake", "Cream cake", "裱花蛋糕", "reason", _SCHOOLS, ("cream cake", "cream cakes", "裱花")),
)  # fmt: skip
SHIPPED = tuple(
    Forbidden(id=id_, name=name, name_zh=name_zh, how=how, law=law, words=words)
    for id_, name, name_zh, how, law, words in _ROWS
)


def united(own: Iterable[Forbidden]) -> tuple[Forbidden, ...]:
    """The shipped list with a site's own entries, each by its id; one without words is taken away."""
    return tuple(each for each in {each.id: each for each in (*SHIPPED, *own)}.values() if each.words)


def named_in(text: str, foods: Iterable[Forbidden]) -> tuple[Forbidden, ...]:
    """Those that a name of goods or of a dish names; what is refused in front."""
    folded = " ".join(text.casefold().split())
    found = [food for food in foods if any(_is_in(word, folded) for word in food.words)]
    return tuple(sorted(found, key=lambda food: food.how != "refused"))


def _is_in(word: str, folded: str) -> bool:
    word = " ".join(word.casefold().split())
    if not word.isascii():
        return word in folded
    return re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", folded) is not None
