"""Trying it on one's own machine: every learner is a folder, all processes are yours. See try_it.py.

Not for a class: the servers can read each other's files, and no limit of memory is enforced (README.md).
"""

import os
from pathlib import Path

c = get_config()  # noqa: F821

for name in ("learners.py", "hub.py"):
    load_subconfig(str(Path(__file__).with_name(name)))  # noqa: F821

state = Path(os.environ["CAPSLAB_HUB"])

# One password for all learners and one for the instructor: loopback is open to everybody on this machine.
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = os.environ["CAPSLAB_PASSWORD"]
c.SharedPasswordAuthenticator.admin_password = os.environ["CAPSLAB_ADMIN_PASSWORD"]
c.Authenticator.admin_users = {"teacher"}
c.Authenticator.allow_all = True
c.Authenticator.username_pattern = r"[a-z][a-z0-9-]{0,31}"  # it becomes the name of a folder

c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(state / "homes" / "{username}")
c.Spawner.args = ["--allow-root"]  # as in a container

c.Spawner.environment["CAPSLAB_HUB"] = str(state)  # try_it.py knows by it what to end

# All have one account here: the exchange must be told who hands in (nbgrader/nbgrader_config.py).
c.Spawner.environment["CAPSLAB_STUDENT"] = lambda spawner: "" if spawner.user.admin else spawner.user.name
