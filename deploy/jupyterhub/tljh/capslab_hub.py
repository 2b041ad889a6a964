"""For The Littlest JupyterHub, in its config/jupyterhub_config.d: the same learners' servers as elsewhere.

Proxy, accounts (`jupyter-NAME`), limits by systemd and restarts that stop nobody are TLJH's own.
"""

import os
from pathlib import Path

home = Path(os.environ.get("TLJH_INSTALL_PREFIX", "/opt/tljh"))
os.environ.setdefault("CAPSLAB_PYTHON", str(home / "user" / "bin" / "python"))
load_subconfig(str(home / "capslab" / "learners.py"))  # noqa: F821
