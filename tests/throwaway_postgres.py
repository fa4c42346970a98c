"""Runs a command with a throw-away PostgreSQL in `TEST_DATABASE_URL`.

    python tests/throwaway_postgres.py -- pytest tests

The server listens on loopback on a free port, keeps its data in a temporary folder, in memory
where there is room, and ends with the command. Called by root it runs as `nobody`; the tests
connect as an ordinary role.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROLE = "lotsenwerk"
MEMORY, ROOM = Path("/dev/shm"), 2 * 1024**3  # noqa: S108 - each has a folder of its own there


def binaries() -> Path | None:
    """The folder with `initdb` and `postgres`, newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if found:
        return found[0].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def in_memory() -> Path | None:
    """Where databases that live for one run do not wait for a disk; None where there is no room."""
    writable = MEMORY.is_dir() and os.access(MEMORY, os.W_OK)
    return MEMORY if writable and shutil.disk_usage(MEMORY).free > ROOM else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _identity(folder: Path) -> dict[str, int]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


class Server:
    """One PostgreSQL, from `start` to `stop`; `settings` are those of the server."""

    def __init__(self, bin_folder: Path, **settings: str) -> None:
        self.bin = bin_folder
        self.folder = Path(tempfile.mkdtemp(prefix="lotsenwerk-pg-", dir=in_memory()))
        self.port = _free_port()
        self.identity = _identity(self.folder)
        self.process: subprocess.Popen[bytes] | None = None
        self.settings: dict[str, object] = {
            "port": self.port, "listen_addresses": "127.0.0.1", "fsync": "off",
            "unix_socket_directories": self.folder, "max_connections": 200,
            "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off", **settings,
        }  # fmt: skip

    def url(self, database: str, role: str = ROLE) -> str:
        """The address of a database on this server."""
        return f"postgresql+psycopg://{role}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Make the cluster, start it, and create the ordinary role."""
        subprocess.run(
            [self.bin / "initdb", "-D", self.folder / "data", "-U", "postgres", "-A", "trust",
             "--no-sync"],
            check=True,
            stdout=subprocess.DEVNULL,
            **self._options(),
        )  # fmt: skip
        self.begin()
        self._as_postgres(f"CREATE ROLE {ROLE} LOGIN CREATEDB")

    def _options(self) -> dict[str, object]:
        return {"cwd": self.folder, "env": {**os.environ, "LC_ALL": "C.UTF-8"}, **self.identity}

    def begin(self) -> None:
        """Let the server run, and wait until it answers."""
        arguments = [part for k, v in self.settings.items() for part in ("-c", f"{k}={v}")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.bin / "postgres", "-D", self.folder / "data", *arguments],
                stdout=subprocess.DEVNULL,
                stderr=log,
                **self._options(),
            )
        self._as_postgres("SELECT 1")

    def end(self, how: str) -> None:
        """Let the server end: `fast` cuts connections, `immediate` is as if the power went."""
        if self.process:
            self.process.send_signal({"fast": signal.SIGINT, "immediate": signal.SIGQUIT}[how])
            self.process.wait(timeout=30)
            self.process = None

    def _as_postgres(self, statement: str) -> None:
        import psycopg

        address = f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres"
        for _ in range(400):
            try:
                with psycopg.connect(address, autocommit=True) as connection:
                    connection.execute(statement)
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise RuntimeError("PostgreSQL did not start: " + (self.folder / "log").read_text())

    def stop(self) -> None:
        """End the server and remove its folder."""
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=30)
        shutil.rmtree(self.folder, ignore_errors=True)


def main(command: list[str]) -> int:
    """Run `command` beside a server; its exit code is ours."""
    if os.environ.get("TEST_DATABASE_URL"):
        return subprocess.run(command, check=False).returncode
    folder = binaries()
    if folder is None:
        required = "postgres" in os.environ.get("LOTSENWERK_REQUIRE", "").split(",")
        sys.stderr.write("PostgreSQL is not installed: its tests are left out.\n")
        return 1 if required else 0
    server = Server(folder)
    # Who is told to end ends the server too, and leaves no folder behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        server.start()
        env = {**os.environ, "TEST_DATABASE_URL": server.url("postgres")}
        return subprocess.run(command, check=False, env=env).returncode
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[sys.argv.index("--") + 1 :]))
