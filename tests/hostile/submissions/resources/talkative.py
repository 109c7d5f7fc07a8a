def scale(x):
    for i in range(20000):
        print("step", i)
    return x * 2
