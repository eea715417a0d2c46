"""The twelve parts of the journey (the notice's own order), each a story that can be read by itself."""
