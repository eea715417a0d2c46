"""Notify's requests and answers, a module per topic."""
