"""Publishing: what was judged is pushed, read back, signed and named, each image by its digest."""
