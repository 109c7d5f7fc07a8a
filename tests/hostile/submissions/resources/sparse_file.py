import os


def scale(x):
    with open("f", "wb") as file:
        os.truncate(file.fileno(), 1 << 40)
