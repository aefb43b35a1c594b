"""What `twin new` writes: a first hall to change, or a hall sized by rule for a list of racks."""
