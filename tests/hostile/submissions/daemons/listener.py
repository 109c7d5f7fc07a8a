import os
import socket
import time


def scale(x):
    server = socket.socket(socket.AF_UNIX)
    server.bind(f"\0tenfold-hostile-{os.urandom(4).hex()}")
    server.listen()
    if os.fork() == 0:
        time.sleep(600)
    return x * 2
