"""Which screens are there, and which of them cannot sound."""

from api.screens import BLOCKED, RUNNING, SILENCED, OpenPage, Screens
from devices.reading import SECOND


def page(browser: str, path: str = "/", *, account: str = "olga", sounds: bool = True, at: int = 0) -> OpenPage:
    return OpenPage(browser, account, path, sounds, able_at=at * SECOND)


def mute(screens: Screens, at: int) -> list[str]:
    return [page.browser for page in screens.mute(at * SECOND)]


def test_a_page_is_mute_that_could_not_sound_for_thirty_seconds() -> None:
    screens = Screens()
    screens.opened("p", page("desk"))
    screens.told("p", BLOCKED, 1 * SECOND)
    assert [] == mute(screens, 30)
    assert ["desk"] == mute(screens, 31)
    screens.told("p", RUNNING, 40 * SECOND)
    assert [] == mute(screens, 41)
    screens.told("p", BLOCKED, 50 * SECOND)
    assert ([], ["desk"]) == (mute(screens, 70), mute(screens, 71))


def test_one_that_says_nothing_is_mute_too_and_one_that_is_silenced_is_not() -> None:
    screens = Screens()
    screens.opened("mum", page("one"))
    screens.opened("silenced", page("two"))
    for at in range(0, 60, 10):
        screens.told("silenced", SILENCED, at * SECOND)
    assert ["one"] == mute(screens, 60)


def test_of_one_browser_one_page_that_sounds_is_enough() -> None:
    screens = Screens()
    screens.opened("tab", page("desk"))
    screens.opened("other tab", page("desk", "/areas"))
    screens.told("tab", BLOCKED, 50 * SECOND)
    screens.told("other tab", RUNNING, 50 * SECOND)
    assert [] == mute(screens, 60)
    screens.shut("other tab")
    assert ["desk"] == mute(screens, 60)


def test_whoever_is_not_there_to_be_heard_is_never_mute() -> None:
    screens = Screens()
    screens.opened("p", page("desk", sounds=False))
    screens.told("p", BLOCKED, 1 * SECOND)
    assert [] == mute(screens, 1000)


def test_live_is_who_has_spoken_within_thirty_seconds() -> None:
    screens = Screens()
    screens.opened("p", page("desk"))
    assert [] == screens.live(1 * SECOND)
    screens.told("p", "nonsense", 1 * SECOND)
    assert [] == screens.live(1 * SECOND)
    screens.told("p", BLOCKED, 1 * SECOND)
    screens.told("never opened", RUNNING, 1 * SECOND)
    assert ["olga"] == [found.account for found in screens.live(31 * SECOND)]
    assert [] == screens.live(32 * SECOND)
