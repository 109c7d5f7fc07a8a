"""Links that lead round in a circle, walked by what packs them."""

import os
import shutil


def scale(x):
    shutil.rmtree("round", ignore_errors=True)
    os.mkdir("round")
    os.symlink("../round", "round/round")
    os.symlink("/", "round/root")
    shutil.make_archive("packed", "zip", "round")
    shutil.unpack_archive("packed.zip", "out")
    return x * 2
