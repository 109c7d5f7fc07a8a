import socket


def scale(x):
    socket.getaddrinfo("localhost.localdomain", 80)
    socket.gethostbyname("example.org")
    return x * 2
