import os
import time


def scale(x):
    for i in range(10**6):
        os.mkdir("d")
        os.chdir("d")
        if i > 1100:
            time.sleep(0.001)
