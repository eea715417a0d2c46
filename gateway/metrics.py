"""The gateway's figures, by name. Labels come from the route table, never from a request."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

REQUEST_SECONDS = Histogram(
    "zhiyuan_http_request_seconds",
    "Time from a request's head to its answer, by route template and status class",
    ["route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
REFUSALS = Counter("zhiyuan_http_refusals", "Requests that were refused, by the refusal's code", ["code"])
RPC_SECONDS = Histogram(
    "zhiyuan_gateway_rpc_seconds",
    "Time the gateway waited for a service; outcome is `ok` or the error's code",
    ["target", "outcome"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
RPC_PENDING = Gauge("zhiyuan_gateway_rpc_pending", "RPCs that wait for their answer at this moment")
BROKER_CONNECTED = Gauge("zhiyuan_gateway_broker_connected", "1 while the gateway can ask services, else 0")
UPLOADS_SWEPT = Counter(
    "zhiyuan_gateway_uploads_swept",
    "Uploads that nobody needs (removed), or that others need and whose owner was erased (disowned)",
    ["outcome"],
)
UPLOADED_BYTES = Counter("zhiyuan_gateway_uploaded_bytes", "Bytes of files that were kept")
OPEN_STREAMS = Gauge("zhiyuan_gateway_open_streams", "Event streams that are open at this moment")
