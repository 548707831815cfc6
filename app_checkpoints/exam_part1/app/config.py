"""The settings of the service, from the environment, from a `.env` file, or from defaults."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent
DEFAULT_KEY = "for development alone: production refuses this key"


class Settings(BaseSettings):
    """The settings of one app. Each field is read from `SHED_` and its name in upper case."""

    model_config = SettingsConfigDict(
        env_prefix="SHED_", env_file=PROJECT / ".env", hide_input_in_errors=True
    )
    environment: Literal["development", "production"] = "development"
    database_url: str = Field(default=f"sqlite+aiosqlite:///{(PROJECT / 'shed.db').as_posix()}", repr=False)
    secret_key: SecretStr = SecretStr(DEFAULT_KEY)
    token_minutes: int = Field(default=30, gt=0)

    @model_validator(mode="after")
    def _refuse_a_weak_key(self) -> Self:
        key = self.secret_key.get_secret_value()
        if self.environment == "production" and (key == DEFAULT_KEY or len(key.encode()) < 32):
            raise ValueError("production needs SHED_SECRET_KEY: a key of its own, of 32 bytes or more")
        return self
