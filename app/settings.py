"""What the operator may set, read once from the environment (`LOTSENWERK_…`)."""

from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr
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
