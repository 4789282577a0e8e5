"""The kernels held against what they stand for."""
