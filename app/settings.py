"""What the operator may set, read once from the environment (`LOTSENWERK_…`)."""

from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from typing import Literal, Self
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Settings(BaseSettings):
    """The service's settings; each name with the prefix `LOTSENWERK_` is a variable."""

    # A wrong value is named, never shown: it may hold a password.
    model_config = SettingsConfigDict(
        env_prefix="LOTSENWERK_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    var: Path = Path("var")
    """Folder for the SQLite file, the key and the outbox."""
    database_url: str = ""
    """SQLAlchemy address; empty means the SQLite file `var/lotsenwerk.db`."""
    connections: int = Field(default=20, ge=5, le=40)
    """Connections to the database that one serving process opens at most."""
    statement_seconds: float = Field(default=30.0, ge=1, le=600)
    """Time PostgreSQL may take for one statement of a request."""
    lock_seconds: float = Field(default=4.0, ge=0.1, le=60)
    """Time a statement of a request may wait for a row that somebody else changes."""
    secret: SecretStr = SecretStr("")
    """Key for pseudonyms and seals; empty: the one made on first start in `var/secret`."""
    old_secrets: SecretStr = SecretStr("")
    """Keys of the past, with blanks between: they still open what they sealed."""
    base_url: str = "http://127.0.0.1:8000"
    """Address under which people reach the service; stands in links."""
    plan_seconds: float = Field(default=10.0, gt=0, le=300)
    """Wall time a planning run may use; well below the ten minutes after which a job is stalled."""
    plan_memory_mb: int = 4096
    """Memory a planning run may use."""
    worker_silence_seconds: float = Field(default=30.0, ge=2, le=600)
    """After so long without a sign of life the jobs of a worker are given to others."""
    message_days: int = Field(default=30, ge=1, le=3650)
    """So long the text of a message is kept after it was sent."""
    free_text_days: int = Field(default=30, ge=1, le=3650)
    """So long free texts are kept after the day they are about."""
    ended_days: int = Field(default=365, ge=1, le=3650)
    """So long somebody who has left a pool is kept there."""
    import_days: int = Field(default=365, ge=1, le=3650)
    """So long it is kept what became of a list that was read."""
    proposal_days: int = Field(default=365, ge=1, le=3650)
    """So long the machine's proposals are kept."""
    accounting_years: int = Field(default=5, ge=1, le=30)
    """So long after the end of a year accounts are kept, where a sponsor says nothing else."""
    password_memory_kib: int = 65536
    """Memory of one argon2id hash."""
    rate_limit: int = Field(default=600, ge=0, le=1_000_000)
    """Requests of one account in a minute, at each process; 0: as many as it likes."""
    rate_limit_costly: int = Field(default=60, ge=0, le=1_000_000)
    """Of these, plans and what-if, imports, reports and other files; 0: as many as it likes."""
    rate_limit_public: int = Field(default=300, ge=0, le=1_000_000)
    """Requests without an account in a minute from one place; 0: as many as it likes."""
    trusted_proxies: str = "127.0.0.1,::1"
    """Proxies that may say where a request comes from: addresses or networks, with commas."""
    routing: Literal["", "osrm", "valhalla"] = ""
    """Which routing service gives the minutes of ways; empty means the built-in estimate."""
    routing_url: str = ""
    """Its address; for OSRM with `{profile}` where each profile has a server of its own."""
    routing_seconds: float = Field(default=5.0, gt=0, le=60)
    """How long one answer of it is waited for."""
    operator: str = Field(default="", max_length=200)
    """Who runs the service, by name."""
    contact_email: str = Field(default="", max_length=254)
    """Where people turn to, and where feedback on the app is told."""
    contact_phone: str = Field(default="", max_length=40)
    texts: str = ""
    """Folder of the operator's own texts; empty: `texts` in the folder above."""
    smtp_url: SecretStr = SecretStr("")
    """`smtp://user:password@host:587?starttls` or `smtps://…`; empty: mails stay in the outbox."""
    mail_from: str = "Lotsenwerk <noreply@lotsenwerk.invalid>"
    """Who writes the mails."""
    vapid_key: SecretStr = SecretStr("")
    """Key that signs pushes (PEM or base64url); empty: made on first need in `var/vapid.pem`."""
    sms_url: SecretStr = SecretStr("")
    """Address of a gateway for text messages; empty: there is none."""
    sms_token: SecretStr = SecretStr("")
    """Its key; goes along in `sms_token_header`, as `Bearer …` where that is `Authorization`."""
    sms_token_header: str = "Authorization"  # noqa: S105 - the name of a header
    sms_format: Literal["json", "form"] = "json"
    """How it wants the number and the text."""
    sms_to_field: str = "to"
    sms_text_field: str = "text"
    sms_from: str = ""
    """The sender's name or number, where the gateway wants one."""
    sms_from_field: str = "from"

    @field_validator("trusted_proxies")
    @classmethod
    def _names_networks(cls, value: str) -> str:
        for one in filter(None, (part.strip() for part in value.split(","))):
            try:
                network = ip_network(one)
            except ValueError:
                raise ValueError(
                    "LOTSENWERK_TRUSTED_PROXIES takes addresses and networks such as 10.0.0.5"
                    " or 172.16.0.0/12, with commas between"
                ) from None
            if network.prefixlen == 0:
                raise ValueError("LOTSENWERK_TRUSTED_PROXIES must not trust everybody")
        return value

    @field_validator("contact_email")
    @classmethod
    def _is_one_address(cls, value: str) -> str:
        if value and (value.count("@") != 1 or set(value) & set(" ,;<>\t\n")):
            raise ValueError("LOTSENWERK_CONTACT_EMAIL takes one address such as hilfe@example.org")
        return value

    @model_validator(mode="after")
    def _has_address(self) -> Self:
        if self.routing and not self.routing_url.startswith(("http://", "https://")):
            raise ValueError(
                "LOTSENWERK_ROUTING needs LOTSENWERK_ROUTING_URL, such as http://osrm:5000"
            )
        return self

    @model_validator(mode="after")
    def _can_send(self) -> Self:
        smtp, sms = self.smtp_url.get_secret_value(), self.sms_url.get_secret_value()
        if smtp:
            parts = urlsplit(smtp)
            if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.port == 0:
                raise ValueError(
                    "LOTSENWERK_SMTP_URL must be like smtp://user:password@host:587?starttls"
                )
            open_line = parts.scheme == "smtp" and parts.query != "starttls"
            if not unquote(parts.netloc).isascii():
                raise ValueError("LOTSENWERK_SMTP_URL: SMTP takes no letters beyond ASCII here")
            if parts.username and open_line and parts.hostname not in LOOPBACK:
                raise ValueError(
                    "LOTSENWERK_SMTP_URL has a password: add ?starttls, or begin with smtps://"
                )
        if sms and not sms.startswith(("http://", "https://")):
            raise ValueError("LOTSENWERK_SMS_URL must begin with https://")
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
    def texts_folder(self) -> Path:
        """Folder where imprint, privacy and accessibility lie as the operator wrote them."""
        return Path(self.texts) if self.texts else self.var / "texts"

    @property
    def outbox(self) -> Path:
        """Folder where messages lie as `.eml` files."""
        return self.var / "outbox"


@lru_cache
def get_settings() -> Settings:
    """The settings of this process."""
    return Settings()
