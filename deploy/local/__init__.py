"""The platform on one machine, without containers: what ``./dev`` does. Start reading at ``cli.py``."""
