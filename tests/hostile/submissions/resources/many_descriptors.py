def scale(x):
    held = []
    while True:
        held.append(open("/dev/null"))
