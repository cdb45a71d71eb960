"""What does not fit the shape of a request is said in both languages, whatever pydantic found."""

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core._pydantic_core import list_all_errors

from api.catalogue import language
from api.invalid import problem


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    level: int = Field(0, ge=1, le=3)
    name: str = Field("", max_length=3)
    names: list[str] = Field([], max_length=1)


@pytest.mark.parametrize(
    ("sent", "english", "chinese"),
    [
        ({"level": 4}, "level may be at most 3", "level 不得大于 3"),
        ({"level": "4"}, "level must be a whole number", "level 必须是整数"),
        ({"name": "abcd"}, "name may have at most 3 characters", "name 最多 3 个字符"),
        ({"names": ["a", "b"]}, "names may hold at most 1", "names 最多 1 项"),
        (
            {"names": [1], "more": 1},
            "names.0 must be a text; more is not known here",
            "names.0 必须是文本；此处没有 more",
        ),
    ],
)
def test_a_fault_is_told_with_its_place(sent: dict[str, object], english: str, chinese: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Form.model_validate(sent)
    text = problem(caught.value.errors())  # type: ignore[arg-type]
    assert (english, chinese) == (language("en").render(text), language("zh").render(text))


@pytest.mark.parametrize("known", list_all_errors(), ids=lambda known: str(known["type"]))
def test_every_fault_that_there_is_has_its_words(known: dict[str, object]) -> None:
    fault = {"type": known["type"], "loc": ("body", "x"), "ctx": known["example_context"] or {}}
    for code in ("en", "zh"):
        said = language(code).render(problem([fault]))
        assert "body.x" in said
        assert "invalid." not in said
