"""The turning toy: a toy under one's hand, and what a network says of it from every side."""
