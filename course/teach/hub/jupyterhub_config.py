"""JupyterHub for a class on one Linux server. `course hub` runs it; each setting says why it is so.

Two ways to keep people apart, chosen by who runs the Hub:

- root: each person is a user of the system, with a password of their own (PAM) and a home that no other user
  may read. Their server runs as that user.
- anybody else: all servers run as the one who runs the Hub. There is one password, and a name is what
  a visitor says it is. Nothing keeps them apart; it is for a try, and for a room in which that is no matter.

https://jupyterhub.readthedocs.io/en/stable/reference/config-reference.html lists every setting.
"""

import subprocess
import sys
from typing import Any

from course.teach.hub import spawning
from course.teach.hub.settings import Settings

c: Any = get_config()  # type: ignore[name-defined]  # noqa: F821  # JupyterHub puts it there
room = Settings.read()

c.JupyterHub.bind_url = room.address
c.JupyterHub.ssl_cert, c.JupyterHub.ssl_key = room.certificate, room.key
c.JupyterHub.hub_port = room.hub_port  # the Hub itself listens on this machine alone
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{room.proxy_port}"
c.JupyterHub.db_url = f"sqlite:///{room.data / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(room.data / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(room.data / "proxy.pid")
c.ConfigurableHTTPProxy.command = [room.proxy]
c.ConfigurableHTTPProxy.log_level = "info" if room.talkative else "warn"
c.JupyterHub.cleanup_servers = True  # what the Hub started ends with it
c.JupyterHub.concurrent_spawn_limit = 10  # thirty people log in within one minute: starts take turns
c.JupyterHub.log_level = "INFO" if room.talkative else "ERROR"

c.Authenticator.allowed_users = set(room.people)
c.Authenticator.admin_users = set(room.admins)
if room.accounts:
    c.JupyterHub.authenticator_class = "pam"
    c.PAMAuthenticator.open_sessions = False  # sessions are for log-ins at the machine; containers have none
    c.JupyterHub.spawner_class = spawning.spawner_for_accounts()
    c.SystemdSpawner.isolate_tmp = True
else:
    c.JupyterHub.authenticator_class = "shared-password"
    c.SharedPasswordAuthenticator.user_password = room.password
    c.SharedPasswordAuthenticator.admin_password = room.admin_password
    c.JupyterHub.spawner_class = "simple"
    c.SimpleLocalProcessSpawner.home_dir_template = str(room.homes / "{username}")

# One environment for all, which they read and cannot write. Its kernel is the course's.
c.Spawner.cmd = [sys.executable, "-P", "-m", "jupyterhub.singleuser"]
c.Spawner.args = spawning.words(room)
c.Spawner.environment = spawning.environment(room)
c.Spawner.pre_spawn_hook = spawning.prepare
c.Spawner.default_url = room.first_page
c.Spawner.notebook_dir = "~"
c.Spawner.http_timeout = c.Spawner.start_timeout = 120  # seconds: thirty at once on two cores
if not room.talkative:  # what servers say goes to a file; systemd has its journal
    c.LocalProcessSpawner.popen_kwargs = {"stdout": spawning.log(room), "stderr": subprocess.STDOUT}
# Enforced by systemd (and by Kubernetes); a plain process is only told, as MEM_LIMIT and CPU_LIMIT.
c.Spawner.mem_limit, c.Spawner.cpu_limit = room.memory, room.cores
