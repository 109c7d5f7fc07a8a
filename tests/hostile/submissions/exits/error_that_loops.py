class Loop(Exception):
    def __str__(self):
        while True:
            pass


def scale(x):
    raise Loop
