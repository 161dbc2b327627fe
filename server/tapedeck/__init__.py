"""Tapedeck records a PyTorch program once and plays it back for ever."""
