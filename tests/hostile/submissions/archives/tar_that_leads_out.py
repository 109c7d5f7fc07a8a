"""Members with names that lead out, absolute names, and links to follow out: nothing may be found outside."""

import io
import tarfile


def member(name, kind=tarfile.REGTYPE, link=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, link, 0 if link else 4
    return info


def scale(x):
    members = [member(f"{'../' * n}{place}") for n in range(6) for place in ("evil", "etc/evil", "usr/lib/evil")]
    members += [member("/evil"), member("/etc/evil"), member("/usr/lib/evil")]
    members += [member("out", tarfile.SYMTYPE, "/usr/lib"), member("out/evil")]
    members += [member("etc", tarfile.SYMTYPE, "/etc"), member("etc/evil")]
    written = 0
    for one in members:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            archive.addfile(one, None if one.linkname else io.BytesIO(b"evil"))
        packed.seek(0)
        try:
            with tarfile.open(fileobj=packed) as archive:
                archive.extractall()
        except OSError:
            continue
        written += one.linkname == "" and one.name.startswith(("/", ".."))
    return x * 2 if not written else x
