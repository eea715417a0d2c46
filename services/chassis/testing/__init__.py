"""What tests of services stand on: scratch databases, units of work without Nameko, processes, and a plain RPC caller.

Why this package exists: a service test uses a real PostgreSQL and a real RabbitMQ, and must still read like a sentence.
Nothing here is imported by anything that runs in production.
"""
