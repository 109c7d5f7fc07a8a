import threading


def scale(x):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
