import json
import os
import struct


def scale(x):
    text = json.dumps({"type": "E\x1b[31m", "message": "\u202e\x00\ud800", "line": -5, "file": ["x"], "source": {}}).encode()
    os.write(4, struct.pack("<4sIQ", b"FAIL", len(text), 0) + text)
    return x
