"""The settings of Gavel, from the environment, a `.env` file, or their defaults."""

from pathlib import Path
from typing import ClassVar, Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """All settings. The variable of each is `GAVEL_` and its name in upper case."""

    model_config = SettingsConfigDict(
        env_prefix="GAVEL_", env_file=PROJECT / ".env", hide_input_in_errors=True
    )

    environment: Literal["development", "test", "production"] = "development"
    database_url: str = Field(default=f"sqlite+aiosqlite:///{(PROJECT / 'gavel.db').as_posix()}", repr=False)
    echo_sql: bool = False
    smtp_host: str | None = None
    smtp_port: int = Field(default=25, ge=1, le=65535)
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: bool = False
    smtp_timeout: float = Field(default=10.0, gt=0)
    mail_from: str = "Gavel <gavel@example.com>"
    public_url: str = "http://127.0.0.1:8000"
    emails_per_hour: int = Field(default=30, ge=1)
    DEVELOPMENT_KEY: ClassVar = SecretStr("for development only, because it is in the source code")

    secret_key: SecretStr = DEVELOPMENT_KEY
    token_minutes: int = Field(default=30, ge=1)
    login_attempts: int = Field(default=10, ge=1)
    network_attempts: int = Field(default=100, ge=1)
    login_window_seconds: int = Field(default=300, ge=1)
    registrations: int = Field(default=60, ge=1)

    allowed_hosts: list[str] = ["*"]
    cors_origins: list[str] = []
    https: bool = False
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"
    max_body_size: int = Field(default=2 * 1024 * 1024, ge=0)
    heartbeat_seconds: float = Field(default=20.0, gt=0)
    watchers_per_lot: int = Field(default=100, ge=1)
    watchers_per_client: int = Field(default=10, ge=1)
    shutdown_seconds: float = Field(default=10.0, gt=0)

    @model_validator(mode="after")
    def _check_secret_key(self) -> Self:
        """Refuse a key that is too short (RFC 7518, section 3.2), or the default key in production."""
        remedy = 'Make one: python -c "import secrets; print(secrets.token_urlsafe(48))"'
        if len(self.secret_key.get_secret_value().encode()) < 32:
            raise ValueError(f"GAVEL_SECRET_KEY has fewer than 32 bytes. {remedy}")
        if self.environment == "production" and self.secret_key == self.DEVELOPMENT_KEY:
            raise ValueError(f"In production GAVEL_SECRET_KEY must be set. {remedy}")
        return self

    @model_validator(mode="after")
    def _check_allowed_hosts(self) -> Self:
        """In production, the allowed hosts must be named."""
        if self.environment == "production" and "*" in self.allowed_hosts:
            raise ValueError('Set GAVEL_ALLOWED_HOSTS to the hosts of production: ["gavel.example.com"].')
        return self
