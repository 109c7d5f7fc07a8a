"""Ten kilobytes that unpack to eight megabytes, unpacked a hundred times."""

import io
import zipfile

packed = io.BytesIO()
with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("zeros", bytes(8 << 20))


def scale(x):
    for number in range(100):
        zipfile.ZipFile(packed).extractall(f"out{number}")
    return x * 2
