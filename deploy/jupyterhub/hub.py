"""What makes a restart of the hub harmless, and what ends idle servers (jupyterhub_config.py, local.py).

Learners' servers and the proxy are processes of their own, and outlive the hub. What it must
remember lies in one folder, CAPSLAB_HUB (default: /srv/capslab-hub): who is logged in (cookie_secret),
whose server runs where (jupyterhub.sqlite), and the word it shares with the proxy (proxy.env).
"""

import os
import secrets
import sys
from pathlib import Path

c = get_config()  # noqa: F821

state = Path(os.environ.get("CAPSLAB_HUB", "/srv/capslab-hub"))
port = int(os.environ.get("CAPSLAB_HUB_PORT", 8000))  # the proxy's interface and the hub's follow it
state.mkdir(mode=0o700, parents=True, exist_ok=True)


def proxy_token() -> str:
    """The token in proxy.env, made at the first start; only the hub's account can read it."""
    path = state / "proxy.env"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"CONFIGPROXY_AUTH_TOKEN={secrets.token_hex(32)}\n")
    return path.read_text("utf-8").split("=", 1)[1].strip()


# Loopback alone: a proxy that speaks TLS stands before it (README.md).
c.JupyterHub.bind_url = f"http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{port + 2}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{port + 1}"
c.ConfigurableHTTPProxy.auth_token = proxy_token()
c.ConfigurableHTTPProxy.should_start = False
c.JupyterHub.cleanup_servers = False
c.JupyterHub.last_activity_interval = 30  # so soon, too, a proxy that was restarted gets its routes back
c.JupyterHub.cookie_secret_file = str(state / "cookie_secret")
c.JupyterHub.db_url = f"sqlite:///{state / 'jupyterhub.sqlite'}"

# Two hours with no kernel at work and no page open; what is saved stays, variables do not.
c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=7200", "--cull-every=300"],
        "environment": {"CAPSLAB_HUB": str(state)},
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "services": ["idle-culler"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    }
]
