"""Reports: each writer consumes the events of a run and knows nothing of the runner."""
