"""The convolution view: drag a window over an image, edit the kernel, see the feature map."""
