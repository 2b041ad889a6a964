"""One machine with systemd: its own accounts, and limits that the kernel enforces. See README.md."""

from pathlib import Path

c = get_config()  # noqa: F821

for name in ("learners.py", "hub.py"):
    load_subconfig(str(Path(__file__).with_name(name)))  # noqa: F821

# Members of these groups may log in: `usermod -aG capslab-learners NAME`.
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {"capslab-learners", "capslab-instructors"}
c.PAMAuthenticator.admin_groups = {"capslab-instructors"}

# One systemd unit per learner: mem_limit and cpu_limit become MemoryMax and CPUQuota.
c.JupyterHub.spawner_class = "systemd"
c.SystemdSpawner.isolate_tmp = True
c.SystemdSpawner.isolate_devices = True  # hides GPUs as well: set False if learners should have them
c.SystemdSpawner.disable_user_sudo = True
c.SystemdSpawner.unit_extra_properties = {"UMask": "0077", "TasksMax": "512", "MemorySwapMax": "0"}
