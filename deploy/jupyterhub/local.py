"""For a trial on your own machine: every learner is a folder, and all processes are yours. See try_it.py.

Not for a class: the servers can read each other's files, and no memory limit is enforced (README.md).
"""

import os
from pathlib import Path

c = get_config()  # noqa: F821

for name in ("learners.py", "hub.py"):
    load_subconfig(str(Path(__file__).with_name(name)))  # noqa: F821

state = Path(os.environ["CAPSLAB_HUB"])

# One password for all learners, one for the instructor: everybody on this machine can reach loopback.
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = os.environ["CAPSLAB_PASSWORD"]
c.SharedPasswordAuthenticator.admin_password = os.environ["CAPSLAB_ADMIN_PASSWORD"]
c.Authenticator.admin_users = {"teacher"}
c.Authenticator.allow_all = True
c.Authenticator.username_pattern = r"[a-z][a-z0-9-]{0,31}"  # it becomes a folder's name

c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(state / "homes" / "{username}")
c.Spawner.args = ["--allow-root"]  # as in a container

c.Spawner.environment["CAPSLAB_HUB"] = str(state)  # by this, try_it.py recognises what to stop

# All share one account here, so nbgrader must learn who hands in (nbgrader/nbgrader_config.py).
c.Spawner.environment["CAPSLAB_STUDENT"] = lambda spawner: "" if spawner.user.admin else spawner.user.name
