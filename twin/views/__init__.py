"""Pictures of one scene: floor plan, 3D page, PyVista; one palette for all."""
