"""What a layout may say: frozen pydantic models, and the language of change."""
