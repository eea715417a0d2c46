"""Tests: unit (no sockets), contract, service, e2e, faults, load."""
