"""Local citizenship cards. This file knows the version and imports nothing."""

__version__ = "0.1.0"
