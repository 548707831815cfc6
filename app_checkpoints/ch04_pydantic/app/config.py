"""The settings of Gavel, from the environment, a `.env` file, or their defaults."""

from pathlib import Path
from typing import Literal

from pydantic import Field
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
