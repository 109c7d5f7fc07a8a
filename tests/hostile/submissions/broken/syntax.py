def scale(x):
    y = x * 2
    return y y
