def scale(x):
    while True:
        pass
