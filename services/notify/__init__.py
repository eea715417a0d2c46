"""Notify: tells people what happened, by SMS, e-mail and in-app inbox. See README.md."""
