"""Stock Nameko, as its documentation has it: an HTTP entrypoint that asks another service through RpcProxy.

``python -m tests.load.servers.stock service|http``, each in a process of its own.
"""

import os
import sys
import warnings

warnings.filterwarnings("ignore", message="\\s*Eventlet is deprecated")

import eventlet  # noqa: E402

eventlet.monkey_patch()

import json  # noqa: E402
import logging  # noqa: E402

from nameko.containers import ServiceContainer  # noqa: E402
from nameko.rpc import RpcProxy, rpc  # noqa: E402
from nameko.web.handlers import http  # noqa: E402
from werkzeug.wrappers import Response  # noqa: E402


class EchoService:
    """The service."""

    name = "stock"

    @rpc
    def echo(self, text):
        """The request."""
        return {"text": text}


class HttpService:
    """HTTP in front of it."""

    name = "stock-http"
    stock = RpcProxy("stock")

    @http("POST", "/v1/stock")
    def echo(self, request):
        """The request, by way of the service."""
        answer = self.stock.echo(json.loads(request.get_data(as_text=True))["text"])
        return Response(json.dumps(answer), mimetype="application/json")


if __name__ == "__main__":
    logging.getLogger("eventlet.wsgi").setLevel(logging.CRITICAL)
    container = ServiceContainer(
        {"service": EchoService, "http": HttpService}[sys.argv[1]],
        {
            "AMQP_URI": os.environ["ZHIYUAN_AMQP_URL"],
            "WEB_SERVER_ADDRESS": f"127.0.0.1:{os.environ['ZHIYUAN_HTTP_PORT']}",
            "max_workers": 32,  # as many as there are connections
        },
    )
    container.start()
    container.wait()
