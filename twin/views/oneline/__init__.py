"""The one-line diagram of the power chain."""
