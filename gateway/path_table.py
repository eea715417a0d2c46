"""From method and path to an endpoint: literal paths by one look-up, the others among those of the same length.

Why this module exists: the contract has some eighty paths, and a router that tries them one after the other costs more
than the rest of the way through the gateway. Besides, ``Allow`` of a 405 has to name every method of a path, however
many declarations the path has.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.errors import MethodNotAllowed, UnknownPath
from gateway.problems import answer_problem
from gateway.routing import Route

_PARAMETER = re.compile(r"\{(\w+)\}")
Methods = dict[str, ASGIApp]


class PathTable:
    """The ASGI application that hands a request to the endpoint of its path, or refuses it with 404 or 405."""

    def __init__(self, prefix: str, endpoints: Sequence[tuple[Route, ASGIApp]]) -> None:
        paths: dict[str, Methods] = defaultdict(dict)
        for route, endpoint in endpoints:
            methods = paths[prefix + route.path]
            if route.method in methods:
                raise ValueError(f"{route.method} {route.path} is declared twice")
            methods[route.method] = endpoint
            if route.method == "GET":
                methods["HEAD"] = endpoint
        self._literal = {path: methods for path, methods in paths.items() if "{" not in path}
        self._patterns: dict[int, list[tuple[re.Pattern[str], Methods]]] = defaultdict(list)
        shapes = {_PARAMETER.sub("{}", path) for path in paths}
        if len(shapes) < len(paths):
            raise ValueError("one path has parameters of different names in its declarations")
        # of two patterns that fit, the one whose first segments are literal comes first
        for path in sorted(paths.keys() - self._literal.keys()):
            pattern = re.compile("".join(_as_pattern(part) for part in re.split(r"(\{\w+\})", path)))
            self._patterns[path.count("/")].append((pattern, paths[path]))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find the endpoint and let it answer."""
        path = scope["path"]
        methods = self._literal.get(path)
        if methods is None:
            methods = self._match(path, scope)
        else:
            scope["path_params"] = {}
        if methods is None:
            await answer_problem(UnknownPath(), Request(scope))(scope, receive, send)
            return
        endpoint = methods.get(scope["method"])
        if endpoint is None:
            refusal = answer_problem(MethodNotAllowed(), Request(scope), {"Allow": ", ".join(sorted(methods))})
            await refusal(scope, receive, send)
            return
        await endpoint(scope, receive, send)

    def _match(self, path: str, scope: Scope) -> Methods | None:
        for pattern, methods in self._patterns.get(path.count("/"), ()):
            match = pattern.fullmatch(path)
            if match is not None:
                scope["path_params"] = match.groupdict()
                return methods
        return None


def _as_pattern(part: str) -> str:
    parameter = _PARAMETER.fullmatch(part)
    return re.escape(part) if parameter is None else f"(?P<{parameter[1]}>[^/]+)"
