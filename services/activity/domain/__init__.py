"""The rules of activities and enrollments, pure: no I/O, no clock of its own, nothing but values in and out."""
