"""How the platform is run: locally (``local``), in containers (``docker``, ``compose``), with its data and dashboards."""
