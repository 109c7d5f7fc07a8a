def scale(x):
    def inner():
        # the candidate's own line is the one to name
        return 1 / 0

    return inner()
