"""A service as small as can be, with one of everything the chassis offers; the chassis' own tests run it."""
