"""Attendance: who was there, for how long, and what came of a doubt about it. See README.md."""
