#!/bin/bash
# The image for values.yaml, from binder/: bash deploy/jupyterhub/z2jh/build-image.sh REGISTRY/capslab-hub:TAG [--push]
# Needs Docker and `pip install jupyter-repo2docker`. Anything after the name goes to repo2docker.
set -euo pipefail
name="${1:?the name of the image: REGISTRY/capslab-hub:TAG}"
shift
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
# Not in the home directory, which a learner's volume covers. `jovyan` is the one account in whose name
# nbgrader believes what the hub says. repo2docker's own JupyterHub stays; only nbgrader is added.
exec python3 -m repo2docker --no-run --image-name "$name" \
  --user-id 1000 --user-name jovyan --target-repo-dir /srv/capslab \
  --appendix 'RUN pip install --no-cache-dir "nbgrader>=0.9.5"' "$@" .
