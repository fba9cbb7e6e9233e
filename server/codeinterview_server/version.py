"""The one place that holds the version of CodeInterview."""

__version__ = "0.1.0"
