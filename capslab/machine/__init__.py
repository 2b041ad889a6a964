"""What differs from machine to machine: the characters of its console, its fonts, its settings of Keras.

Nothing here imports Keras, TensorFlow or matplotlib before it is needed.
"""
