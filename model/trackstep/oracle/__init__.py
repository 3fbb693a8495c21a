"""What is right: the model of the service and the judge of histories. Pure; no HTTP, no clock, no randomness."""
