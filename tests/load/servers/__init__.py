"""What the benchmark compares: the same echo, three times over."""
