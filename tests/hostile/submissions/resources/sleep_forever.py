import time


def scale(x):
    time.sleep(10**6)
