"""What the pytest plugin does once it is asked to: imported lazily by ``trackstep.pytest_plugin``."""
