"""Fabrics by rule: how many switches, which port joins which, and where the switches stand."""
