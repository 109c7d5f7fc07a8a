import os
import sys


def scale(x):
    os.kill(os.getpid(), 9)
    sys.exit()
