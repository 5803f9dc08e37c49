"""This module reads what may differ between two installations of the shop."""

import secrets
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

HERE = Path(__file__).parent


class Settings(BaseSettings):
    """Each field is an environment variable with `SHOP_` in front."""

    model_config = SettingsConfigDict(env_prefix="SHOP_")

    data: Path = HERE / "data"
    """The folder of the SQLite file and of uploaded images; made at the first start."""
    products: int = 300
    seed: int = 20
    token_key: str = secrets.token_hex(32)
    """Signs the tokens. A random one lasts as long as the process: set it to keep people logged in."""
    token_minutes: int = 60
