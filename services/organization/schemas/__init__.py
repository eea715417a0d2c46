"""Organization's requests and answers, for RPC and HTTP alike.

``tree``: organizations, administrators, members. ``reviews``: what waits for a decision, of whichever service.
``reports``: sites, adoption receipts, supervision.
"""
