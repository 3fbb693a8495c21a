"""The formal half: the modules, TLC, and the graph that both hands draw."""
