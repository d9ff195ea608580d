"""Local citizenship cards. This file knows the version and imports nothing."""

__version__ = "0.15.0"
"""The second number is that of the newest migration: of two versions with the same tables an update needs none."""
