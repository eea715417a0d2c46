"""The notice's whole journey, walked from outside and checked step by step: ``./dev demo [NOTICE.TXT]``.

It knows the platform as its users do: over HTTP, as a bank over AMQP, through the SMS simulator's inbox and the pages
that operators read. It imports nothing of the services. Every person in it is invented.
"""
