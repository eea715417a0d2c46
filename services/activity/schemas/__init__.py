"""Activity's requests and answers, a module for each topic."""
