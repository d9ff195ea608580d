"""What the process from which every child is forked has done already, so that no child has to: nothing of the town."""

import crash_points  # noqa: F401
import psycopg  # noqa: F401
import sqlalchemy.dialects.postgresql.psycopg  # noqa: F401
from sqlalchemy.orm import configure_mappers

configure_mappers()
