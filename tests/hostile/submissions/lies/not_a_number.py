def scale(x):
    return x * float("nan")
