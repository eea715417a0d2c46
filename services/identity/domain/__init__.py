"""Identity's rules, without I/O: certificates, people's states and ages, what protects an account, numbers."""
