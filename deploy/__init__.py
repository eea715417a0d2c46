"""How the platform is run: locally, in containers, with its data and dashboards."""
