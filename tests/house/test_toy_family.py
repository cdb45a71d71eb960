"""A device family is one file and its recordings, and is gone when they are deleted, as CONTRIBUTING.md says."""

import re
from pathlib import Path

from tests.house.copies import add, contents, copied, proven, run, take_away
from tests.house.places import ROOT

FILES = {
    name: text
    for name, text in re.findall(
        r"`([\w./]+)`:\n\n```\w+\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.DOTALL
    )
    if "acme" in name
}

PLAY = """
import re
from gateway.site.load import SiteFaults, parse
site = re.search(r"```toml\\n(.*?)```", open("docs/site-file.md", encoding="utf-8").read(), re.DOTALL)[1]
print({device.family for device in parse(site.replace('"keyarea"', '"acme"'), "site.toml").devices})
"""


def test_a_family_comes_and_goes_with_its_files(tmp_path: Path) -> None:
    """It is fed its recordings whole, torn and spoilt, may stand in a site file, is documented; no file knows it."""
    assert ["devices/codecs/acme.py", "tests/devices/codecs/acme.toml"] == list(FILES)
    house = copied(tmp_path, "tests/devices/")
    before = contents(house)
    add(house, FILES)
    assert "{'acme'}" == run(house, "-c", PLAY).strip()
    assert " passed" in proven(house, "tests/devices/codecs/test_recordings.py", "-k", "acme or every_family")
    run(house, "docs/generate_reference.py")
    assert "## `acme`" in (house / "docs/families.md").read_text(encoding="utf-8")
    take_away(house, FILES)
    run(house, "docs/generate_reference.py")
    assert before == contents(house)
