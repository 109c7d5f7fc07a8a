calls = 0


def scale(x):
    global calls
    calls += 1
    return x * 2 if calls == 1 else x
