"""What links are made of: media, cords and plugs, the lengths that are bought, their delay."""
