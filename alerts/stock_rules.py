"""What is an alert of stock, with the script for the police: rules that the workflow of stock ships."""

from typing import Any

import msgspec

from alerts.kinds import kinds
from alerts.rule import Rule

_MADE = {"kind": "fact", "alert_class": "duty", "per": "case"}
RULES: tuple[Rule[Any], ...] = tuple(
    msgspec.convert({**_MADE, **rule}, kinds()["fact"])
    for rule in (
        {
            "name": "stock-does-not-fit",
            "title": "Stock does not balance, or is lost",
            "title_zh": "账物不符或物品丢失",
            "priority": 1,
            "begins": ["stock.does_not_fit", "stock.lost", "stock.books_differ"],
            "ends": ["stock.settled"],
            "procedure": "1. Close the store; nobody leaves with goods. Both keepers count again at once.\n"
            "2. Still missing: call 110 now. Say: site, store, item and class, how much is missing, when it was last "
            "counted and by whom, who has been in since.\n"
            "3. Enter whom you told, and their number: Stock, the item, 'Tell the police'. Tell the duty leader.\n"
            "4. Keep the pictures of the cameras and the openings of the store.\n"
            "5. A keeper and a leader set the balance right, with the reason.",
            "procedure_zh": "1. 封闭库房，禁止带出物品；两名保管人立即复点。\n"
            "2. 仍不符：立即拨打110。报告：单位、库房、品名和类别、缺少数量、上次盘点时间和人员、其后进出人员。\n"
            "3. 在“库存”该物品下登记“报告公安”：接警人或警号。报告值班领导。\n"
            "4. 保存监控录像和库房开启记录。\n"
            "5. 由保管人和领导共同更正结存并注明原因。",
        },
        {
            "name": "stock-not-back",
            "title": "Issued and not back in time",
            "title_zh": "领用物品逾期未归还",
            "priority": 2,
            "begins": ["stock.not_back"],
            "ends": ["stock.back"],
            "procedure": "1. Call the receiver: where is it?\n2. Nobody answers, or it is gone: report it as lost.",
            "procedure_zh": "1. 联系领用人，询问物品所在。\n2. 联系不上或物品不在：按丢失登记。",
        },
        {
            "name": "stock-books-not-compared",
            "title": "Two account books not compared",
            "title_zh": "双本账未按日核对",
            "priority": 3,
            "begins": ["stock.not_compared"],
            "ends": ["stock.compared"],
            "procedure": "1. The second keeper enters the balances of the second book.",
            "procedure_zh": "1. 由第二本账的保管人登记其结存。",
        },
    )
)
