def scale(x):
    return 10 ** 10 ** 10
