import socket


def scale(x):
    socket.create_server(("::1", 0), family=socket.AF_INET6)
    return x * 2
