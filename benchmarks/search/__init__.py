"""The same faults over the same HTTP emulator, the peers side by side: how many calls each takes to find each fault."""
