"""What a run has shown, as plain values: verdicts, profiles, the report, and reports side by side. Writes nothing."""
