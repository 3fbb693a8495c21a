"""What is measured, and the scoreboard that is made of it."""
