"""Do published claims agree with the structures."""
