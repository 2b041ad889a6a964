"""What a learner's server is, wherever the hub runs. Every variant here loads this file, tljh/ too.

Read from the hub's environment:

CAPSLAB_PYTHON     the Python that has capslab[hub] (default: the hub's own)
CAPSLAB_EXCHANGE   nbgrader's exchange (default: /srv/nbgrader/exchange)
CAPSLAB_CLASS      the class's name in the exchange (default: capslab)
CAPSLAB_DATA, CAPSLAB_DATASET, CAPSLAB_OFFLINE   passed on to the course if they are set
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821

here = Path(__file__).parent
python = os.environ.get("CAPSLAB_PYTHON", sys.executable)
nbgrader = here / "nbgrader"
exchange = Path(os.environ.get("CAPSLAB_EXCHANGE", "/srv/nbgrader/exchange"))
if not exchange.is_dir():
    exchange.mkdir(parents=True)
    exchange.chmod(0o1777)  # everybody may add files; nobody may rename or remove those of others

c.Spawner.cmd = [python, "-m", "capslab.server.singleuser"]
c.Spawner.notebook_dir = "~"
c.Spawner.default_url = "/lab/tree/capslab-course/00_start_here.ipynb"
c.Spawner.start_timeout = 180  # a whole class may start in the same minute
c.Spawner.http_timeout = 120
c.Spawner.mem_limit = "2G"  # no notebook needs more than 1.5 GB
c.Spawner.cpu_limit = 2

c.Spawner.environment = {
    "PATH": f"{os.path.dirname(python)}:{os.environ.get('PATH', os.defpath)}",  # for nbgrader in a terminal
    # Learners get no menus for creating assignments, because those change a notebook's metadata.
    "JUPYTER_CONFIG_PATH": lambda spawner: (
        str(nbgrader) if spawner.user.admin else f"{nbgrader / 'learner'}:{nbgrader}"
    ),
    "CAPSLAB_EXCHANGE": str(exchange),
    "CAPSLAB_CLASS": os.environ.get("CAPSLAB_CLASS", "capslab"),
    "TF_CPP_MIN_LOG_LEVEL": "3",
    # As many threads as the limit allows; more would only wait for each other.
    "OMP_NUM_THREADS": "2",
    "TF_NUM_INTRAOP_THREADS": "2",
    "TF_NUM_INTEROP_THREADS": "2",
    **{k: os.environ[k] for k in ("CAPSLAB_DATA", "CAPSLAB_DATASET", "CAPSLAB_OFFLINE") if k in os.environ},
}
