"""Certificates of service on paper: fonts, pages, and the process that makes them."""
