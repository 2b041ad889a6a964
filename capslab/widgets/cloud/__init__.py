"""The cloud: vectors as points in space that one can turn, coloured by cluster."""
