#!/bin/bash
# Adds capslab to The Littlest JupyterHub; run it again to bring it up to date: sudo bash deploy/jupyterhub/tljh/setup.sh
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
home="${TLJH_INSTALL_PREFIX:-/opt/tljh}"
[ -x "$home/user/bin/pip" ] || { echo "No TLJH in $home. Install it first, or set TLJH_INSTALL_PREFIX." >&2; exit 1; }

# Into the learners' environment, and no other JupyterHub than the one that TLJH put there.
"$home/user/bin/pip" install --upgrade "$(cd "$here/../.." && pwd)[grading]"

# A hub of TLJH cannot see home directories, where this checkout may lie.
install -d "$home/capslab/nbgrader/learner/labconfig" "$home/config/jupyterhub_config.d"
install -m 644 "$here/learners.py" "$home/capslab/"
install -m 644 "$here/nbgrader/nbgrader_config.py" "$home/capslab/nbgrader/"
install -m 644 "$here/nbgrader/learner/labconfig/page_config.json" "$home/capslab/nbgrader/learner/labconfig/"
install -m 644 "$here/tljh/capslab_hub.py" "$home/config/jupyterhub_config.d/capslab.py"

tljh-config set services.cull.timeout 7200
tljh-config reload hub
