"""A run on disk: its configuration, state, metrics, weights, scores and maps, and the processes that make them."""
