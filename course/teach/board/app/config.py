"""What the board is told from outside: by the environment, by `course board`, or by a default."""

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from course import paths

HOME = ".board"
"""The folder of a teacher's data, within `my_service`."""
LEAST = {"code": 6, "token": 16}
DRIVERS = {
    "postgresql://": "postgresql+asyncpg://",
    "postgres://": "postgresql+asyncpg://",
    "sqlite://": "sqlite+aiosqlite://",
}


def default_database() -> str:
    """A SQLite file of the teacher's, in a hidden folder of the workspace."""
    return f"sqlite+aiosqlite:///{(paths.workspace() / HOME / 'board.db').resolve().as_posix()}"


class Settings(BaseSettings):
    """The settings of one board, each read from `GAVEL_BOARD_` and its name in upper case."""

    model_config = SettingsConfigDict(env_prefix="GAVEL_BOARD_", hide_input_in_errors=True)

    database_url: str = Field(default_factory=default_database, repr=False)
    room: str = Field(default="workshop", min_length=1, max_length=60)
    code: SecretStr
    token: SecretStr
    https: bool = False
    max_body_size: int = Field(default=128 * 1024, ge=1024)
    members: int = Field(default=1000, ge=1, description="People in a room.")
    checks_per_member: int = Field(default=3000, ge=1, description="Checks that are kept of one person.")
    member_rate: int = Field(default=60, ge=1, description="Requests of one person, a minute.")
    address_rate: int = Field(default=3000, ge=1, description="Requests from one address, a minute.")
    wrong_guesses: int = Field(default=10, ge=1, description="Wrong codes from one address, a minute.")
    watchers: int = Field(default=20, ge=1, description="Teacher's pages that are open at once.")
    pulse_seconds: float = Field(default=1.0, gt=0, description="The least time between two pictures.")
    minutes_now: int = Field(default=15, ge=1, description="How long a misconception counts as one of now.")

    @field_validator("code", "token")
    @classmethod
    def _keep_what_cannot_be_guessed(cls, secret: SecretStr, which: ValidationInfo) -> SecretStr:
        """Refuse a short code, which guesses would find, and a short token, whose guesses are not limited."""
        least = LEAST[which.field_name or ""]
        if len(secret.get_secret_value()) < least:
            raise ValueError(f"the {which.field_name} has {least} characters or more")
        return secret

    @field_validator("database_url")
    @classmethod
    def _speak_to_it_asynchronously(cls, url: str) -> str:
        """Take the addresses that everybody writes, and name the drivers that the board has."""
        for plain, driven in DRIVERS.items():
            if url.startswith(plain):
                return driven + url.removeprefix(plain)
        return url
