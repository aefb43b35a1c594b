"""Bare cords over bare ways with limits: arrays in, arrays out, without a site."""
