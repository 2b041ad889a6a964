"""Makes a restart of the hub harmless and stops idle servers (for jupyterhub_config.py, local.py).

Learners' servers and the proxy are processes of their own, so they outlive the hub. What the hub must
remember is in one folder, CAPSLAB_HUB (default: /srv/capslab-hub): who is logged in (cookie_secret),
whose server runs where (jupyterhub.sqlite), and the secret that it shares with the proxy (proxy.env).
"""

import os
import secrets
import sys
from pathlib import Path

c = get_config()  # noqa: F821

state = Path(os.environ.get("CAPSLAB_HUB", "/srv/capslab-hub"))
port = int(os.environ.get("CAPSLAB_HUB_PORT", 8000))  # the next two ports are the proxy's API and the hub
state.mkdir(mode=0o700, parents=True, exist_ok=True)


def proxy_token() -> str:
    """The token in proxy.env, created at the first start. Only the hub's account can read it."""
    path = state / "proxy.env"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"CONFIGPROXY_AUTH_TOKEN={secrets.token_hex(32)}\n")
    return path.read_text("utf-8").split("=", 1)[1].strip()


# Only on loopback: put a proxy that speaks TLS in front of it (README.md).
c.JupyterHub.bind_url = f"http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{port + 2}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{port + 1}"
c.ConfigurableHTTPProxy.auth_token = proxy_token()
c.ConfigurableHTTPProxy.should_start = False
c.JupyterHub.cleanup_servers = False
c.JupyterHub.last_activity_interval = 30  # a restarted proxy gets its routes back as soon as that
c.JupyterHub.cookie_secret_file = str(state / "cookie_secret")
c.JupyterHub.db_url = f"sqlite:///{state / 'jupyterhub.sqlite'}"

# After two hours without a busy kernel or an open page. Saved files stay, variables do not.
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
