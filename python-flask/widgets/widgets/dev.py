"""For `flask --app=widgets.dev run --reload`, Flask's development server."""

from __future__ import annotations

import os
import sys

from werkzeug.serving import is_running_from_reloader

from widgets.api import create_app
from widgets.config import Config, ConfigError
from widgets.database import Database

try:
    database = Database(Config.of(os.environ))
except ConfigError as error:
    sys.exit(f"widgets: {error}")
# Flask imports this twice: in the process that serves, and in the one that starts that again.
if is_running_from_reloader():
    database.open()
app = create_app(database)
