"""What the operator may set, read once from the environment (`LOTSENWERK_…`)."""

from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The service's settings; each name with the prefix `LOTSENWERK_` is a variable."""

    model_config = SettingsConfigDict(env_prefix="LOTSENWERK_", frozen=True, extra="ignore")

    var: Path = Path("var")
    """Folder for the SQLite file, the key and the outbox."""
    database_url: str = ""
    """SQLAlchemy address; empty means the SQLite file `var/lotsenwerk.db`."""
    secret: SecretStr = SecretStr("")
    """Key for pseudonyms; empty means the one made on first start in `var/secret`."""
    base_url: str = "http://127.0.0.1:8000"
    """Address under which people reach the service; stands in links."""
    plan_seconds: float = Field(default=10.0, gt=0, le=300)
    """Wall time a planning run may use; well below the ten minutes after which a job is stalled."""
    plan_memory_mb: int = 4096
    """Memory a planning run may use."""
    password_memory_kib: int = 65536
    """Memory of one argon2id hash."""
    routing: Literal["", "osrm", "valhalla"] = ""
    """Which routing service gives the minutes of ways; empty means the built-in estimate."""
    routing_url: str = ""
    """Its address; for OSRM with `{profile}` where each profile has a server of its own."""
    routing_seconds: float = Field(default=5.0, gt=0, le=60)
    """How long one answer of it is waited for."""

    @model_validator(mode="after")
    def _has_address(self) -> Self:
        if self.routing and not self.routing_url.startswith(("http://", "https://")):
            raise ValueError(
                "LOTSENWERK_ROUTING needs LOTSENWERK_ROUTING_URL, such as http://osrm:5000"
            )
        return self

    @property
    def url(self) -> str:
        """The database address that is really used; PostgreSQL always through psycopg 3."""
        if not self.database_url:
            return f"sqlite:///{self.var / 'lotsenwerk.db'}"
        scheme, separator, rest = self.database_url.partition("://")
        if scheme in ("postgres", "postgresql"):
            scheme = "postgresql+psycopg"
        return scheme + separator + rest

    @property
    def outbox(self) -> Path:
        """Folder where messages lie as `.eml` files."""
        return self.var / "outbox"


@lru_cache
def get_settings() -> Settings:
    """The settings of this process."""
    return Settings()
