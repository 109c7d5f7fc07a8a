PATHS = ("/etc/shadow", "/etc/passwd", "/etc/hostname", "/root/.ssh/id_rsa", "/root/.bash_history", "/var/log/syslog", "/proc/self/maps")


def scale(x):
    for path in PATHS:
        try:
            open(path).read()
        except OSError:
            continue
        raise AssertionError(path)
    return x
