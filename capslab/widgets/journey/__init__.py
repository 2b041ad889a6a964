"""The travel view: the same images as points that move from one representation to the next."""
