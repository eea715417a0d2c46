"""Identity's requests (``requests``) and answers (``answers``), for RPC and HTTP alike."""
