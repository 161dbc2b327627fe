"""What is seen of a tape: pure functions from a tape to graphs, trees, timelines and tables."""
