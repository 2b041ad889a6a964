"""The view of a whole capsule network: from the image to its reconstruction in one picture."""
