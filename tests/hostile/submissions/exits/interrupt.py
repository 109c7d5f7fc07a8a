def scale(x):
    raise KeyboardInterrupt
