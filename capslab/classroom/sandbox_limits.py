"""Locks a submission in, then becomes the process that runs it. Uses the standard library alone.

    python -I -S sandbox_limits.py PLAN.json COMMAND…

Where Linux permits it, the command gets a file system of its own (Python, the system's libraries and
capslab without its exercises, all read-only, and a small empty home), no network, and no view of other
processes. A grader that is root hands it to a user that owns nothing. A protection that this machine does
not offer is left out. One line of JSON, sent
to the file descriptor `plan["report_to"]`, names those that hold.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from contextlib import suppress

NEWNS, NEWUSER, NEWPID, NEWNET, NEWIPC = 0x20000, 0x10000000, 0x20000000, 0x40000000, 0x8000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
ST_FLAGS = {1: 1, 2: 2, 4: 4, 8: 8, 1024: 1024, 2048: 2048, 4096: 1 << 21}  # statvfs flag → mount flag
PR_SET_NO_NEW_PRIVS, PR_SET_SECUREBITS, PR_CAPBSET_DROP, PR_SET_PDEATHSIG = 38, 28, 24, 1
MEGABYTE = 2**20

libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def c_call(name: str, *arguments: object) -> None:
    """Calls a function of the C library that returns 0 on success; otherwise raises OSError."""
    assert libc is not None
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    c_call("mount", source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode())


def bind(path: str, root: str, read_only: bool = True) -> None:
    """Shows a file or folder at the same place below `root`."""
    target = root + path
    if os.path.isdir(path):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if not os.path.exists(target):
            open(target, "w").close()
    mount(path, target, "", MS_BIND | MS_REC)
    if read_only:
        current = os.statvfs(target).f_flag
        flags = sum(flag for seen, flag in ST_FLAGS.items() if current & seen)
        mount("", target, "", MS_BIND | MS_REMOUNT | MS_RDONLY | flags)


def enter_namespaces(user: bool) -> list[str]:
    """Leaves the shared view of files, network and processes; returns the names of what is private now."""
    uid, gid = os.getuid(), os.getgid()
    if user:
        c_call("unshare", NEWUSER)
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
    enforced = []
    for flag, name in ((NEWNS, "files"), (NEWNET, "network"), (NEWPID, "processes"), (NEWIPC, "")):
        with suppress(OSError):
            c_call("unshare", flag)
            enforced.append(name)
    return [name for name in enforced if name]


def change_root(plan: dict, processes: bool) -> None:
    """Changes to a root folder that holds nothing but what the submission may see."""
    mount("", "/", "", MS_REC | MS_PRIVATE)
    root = plan["root"]
    mount("tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV, f"size={plan['files_mb']}m,mode=755")
    for path in ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/alternatives"):
        if os.path.islink(path):
            os.symlink(os.readlink(path), root + path)
        elif os.path.exists(path):
            bind(path, root)
    for path in plan["visible"]:
        bind(path, root)
    for path in plan["hidden"]:
        if os.path.isdir(root + path):
            mount("tmpfs", root + path, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, "size=4k,mode=755")
    for name in ("null", "zero", "full", "random", "urandom"):
        bind(f"/dev/{name}", root, read_only=False)
    for folder in ("/tmp", "/dev/shm", "/student"):
        os.makedirs(root + folder, exist_ok=True)
        os.chmod(root + folder, 0o1777)
    os.makedirs(root + "/etc", exist_ok=True)
    with open(root + "/etc/passwd", "w") as file:
        file.write(f"student:x:{plan['uid'] or 0}:{plan['uid'] or 0}::/student:/bin/false\n")
    os.makedirs(root + "/proc", exist_ok=True)
    if processes:
        with suppress(OSError):  # a container may forbid it, and what we run does not need it
            mount("proc", root + "/proc", "proc", MS_NOSUID | MS_NODEV)
    os.makedirs(root + "/old", exist_ok=True)
    assert libc is not None
    if libc.syscall(ctypes.c_long(PIVOT_ROOT), root.encode(), (root + "/old").encode()) != 0:
        raise OSError(ctypes.get_errno(), "pivot_root")
    os.chdir("/")
    c_call("umount2", b"/old", 2)  # detach: nothing outside can be reached from now on
    os.rmdir("/old")
    os.chdir("/student")


PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}.get(os.uname().machine if hasattr(os, "uname") else "", -1)


def set_limits(plan: dict) -> None:
    """Sets limits in the kernel, as a second line behind those that the grader watches itself."""
    for name, soft in (
        ("RLIMIT_CPU", plan["cpu_s"]),
        ("RLIMIT_FSIZE", plan["files_mb"] * MEGABYTE),
        ("RLIMIT_DATA", plan["data_mb"] * MEGABYTE),
        ("RLIMIT_NOFILE", 512),
        ("RLIMIT_NPROC", 256 if plan["uid"] else 4096),  # per user, and the user is another one where we can
        ("RLIMIT_CORE", 0),
    ):
        number = getattr(resource, name, None)
        if number is not None:
            hard = resource.getrlimit(number)[1]
            value = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
            with suppress(OSError, ValueError):
                resource.setrlimit(number, (value, value))


def drop_privileges(plan: dict) -> None:
    """Gives up every privilege for good."""
    if plan["uid"] and os.geteuid() == 0:
        os.setgroups([])
        os.setgid(plan["uid"])
        os.setuid(plan["uid"])
    if libc is not None:
        libc.prctl(PR_SET_SECUREBITS, 0x3, 0, 0, 0)  # root in here is no longer root
        for capability in range(64):
            libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # changing the user cleared it


def isolate(plan: dict) -> list[str]:
    """Tries to isolate this process; returns the names of the protections that hold."""
    if libc is None or not plan["isolate"]:
        return []
    try:
        return enter_namespaces(plan["user"])
    except OSError:
        return []


def main() -> None:
    """Isolates this process as far as possible, then runs the command in its place."""
    os.umask(0o022)
    with open(sys.argv[1]) as file:
        plan = json.load(file)
    if libc is not None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # no submission may outlive its grader
    enforced = isolate(plan)
    if "processes" in enforced:
        child = os.fork()  # the first process of the namespace: when it ends, all others do
        if child:
            _, status = os.waitpid(child, 0)
            if os.WIFSIGNALED(status):
                os._exit(128 + os.WTERMSIG(status))
            os._exit(os.WEXITSTATUS(status))
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if "files" in enforced:
        try:
            change_root(plan, "processes" in enforced)
        except OSError as error:
            enforced.remove("files")
            print(f"sandbox_limits: {error}", file=sys.stderr)
            os.chdir(plan["folder"])
    else:
        os.chdir(plan["folder"])
    set_limits(plan)
    drop_privileges(plan)
    if plan["uid"] and not plan["user"] and os.getuid() == plan["uid"]:
        enforced.append("user")
    elif "files" in enforced:
        enforced.append("user")  # it owns nothing of what it can see
    os.write(plan["report_to"], (json.dumps({"kind": "protected", "by": enforced}) + "\n").encode())
    os.execve(sys.argv[2], sys.argv[2:], plan["environment"])


if __name__ == "__main__":
    main()
