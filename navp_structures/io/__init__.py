"""Files in and out: CIF, folders of phases."""
