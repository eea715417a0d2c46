"""Who takes messages out of the house: one module each, all of them as ``base.py`` says."""
