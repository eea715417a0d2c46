"""Card's requests and answers, a module per topic, for RPC and HTTP alike."""
