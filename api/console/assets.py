"""What the document loads: modules, style sheets, the words of both languages; each address has the version in it.

Read once at the start, packed when one is first asked for; a browser keeps them for good (``immutable``), since another
release has another address. There is no build: a module in static/ is what runs.

Of the texts a document first loads what rules say of alerts, and all others a little later, or as soon as one of them
is wanted: a new workflow makes no page slower to open.
"""

import gzip
from hashlib import blake2b
from importlib.resources import files

import msgspec
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.catalogue import LANGUAGES, templates
from api.console.locale import Say, texts
from api.console.signals import signal_label
from api.guard import ASSETS
from devices.signals import SIGNALS

_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".json": "application/json"}
_FIRST = ("alerts",)
_IN_NO_ROW = frozenset(
    {
        *("trial", "trial_result", "rule_test", "rule_parameters", "suggestions", "suggestions_clause"),
        *("dated_register", "obligation_progress", "person_list", "personnel", "attachment", "lifecycle"),
        *("alarm_path", "canary", "kpi_cure"),
        *("measures", "permit", "permit_gas", "permit_level", "permit_measured", "permit_stage", "terms"),
    }
)
"""Tables of what is answered to whoever asks, and is said of no alert."""
_DRAWN_HERE = frozenset(
    {"adopt", "bypass", "change", "commission", "device", "record", "review", "sent_to", "upkeep", "waiting", "work"}
)
"""Tables of words that only templates say: no module of a page does."""
_FOREVER = "public, max-age=31536000, immutable"


class Assets:
    """All of them, by name."""

    def __init__(self) -> None:
        found = {file.name: file.read_bytes() for file in files(__package__).joinpath("static").iterdir()}
        self._plain = {name: held for name, held in found.items() if _ending(name) in _TYPES}
        for code in LANGUAGES:
            self._plain |= {f"words.{code}.json": _words(code), f"texts.{code}.json": _texts(code)}
        joined = b"".join(name.encode() + held for name, held in sorted(self._plain.items()))
        self.version = blake2b(joined, digest_size=6).hexdigest()
        self._packed: dict[str, bytes] = {}

    def address(self, name: str) -> str:
        return f"{ASSETS}/{self.version}/{name}"

    def add_to(self, app: FastAPI) -> None:
        app.add_api_route(ASSETS + "/{version}/{name}", self._serve, include_in_schema=False)

    async def _serve(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self._plain:
            raise HTTPException(404)
        is_known = request.path_params["version"] == self.version
        headers = {"Cache-Control": _FOREVER if is_known else "no-store", "Vary": "Accept-Encoding"}
        if name.endswith("_worker.js"):  # it keeps a page that does not lie beside it
            headers["Service-Worker-Allowed"] = "/console/"
        content = self._plain[name]
        if "gzip" in request.headers.get("accept-encoding", ""):
            content, headers["Content-Encoding"] = await run_in_threadpool(self._pack, name), "gzip"
        return Response(content, headers=headers, media_type=_TYPES[_ending(name)])

    def _pack(self, name: str) -> bytes:
        if name not in self._packed:
            self._packed[name] = gzip.compress(self._plain[name], 9)
        return self._packed[name]


def _ending(name: str) -> str:
    return name[name.rfind(".") :]


def _words(code: str) -> bytes:
    """What a document begins with: what is said of alerts, the console's own words, what signals are called."""
    say = Say(code)
    tables = ((table, words) for table, words in texts(code).items() if table not in _DRAWN_HERE)
    own = {f"{table}.{name}": word for table, words in tables for name, word in words.items()}
    signals = {name: (signal_label(name, say), known.unit) for name, known in SIGNALS.items()}
    of_alerts = templates(code, _FIRST).items()
    first = {key: text for key, text in of_alerts if key.partition(".")[0] not in _IN_NO_ROW}
    first |= {key: text for key, text in templates(code).items() if key.startswith("word.")}
    return msgspec.json.encode({"language": code, "texts": first, "say": own, "signals": signals})


def _texts(code: str) -> bytes:
    """Every text by its key; the help of the command line is none."""
    return msgspec.json.encode(templates(code, without="cli"))
