"""What a partner bank gets: a sample consumer and the page that explains it. It imports nothing of the platform."""
