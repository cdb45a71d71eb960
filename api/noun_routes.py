"""Routes of one noun, as the app takes them over: each says itself what it answers to what does not fit.

FastAPI's ``include_router`` makes every route a second time, for what the app would add to it: 0.25 s of CPU at the
first request after each start. So nothing is added later, and the app has the routes themselves.
"""

from fastapi import APIRouter

from api.schemas import Failure

_DOES_NOT_FIT = {"model": Failure, "description": "It does not fit: which field, and what is to stand there"}


def routes(tag: str, prefix: str = "") -> APIRouter:
    """None yet; their addresses begin with ``prefix``."""
    return APIRouter(prefix=prefix, tags=[tag], responses={422: _DOES_NOT_FIT})
