"""What has to hold in every service for the people in it."""
