"""What a report shows is run before it is shown: each bundle on the target, and on an emulator that is right."""
